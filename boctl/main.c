/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl: from the command line to a verb, and to an exit code. */
#include <locale.h>
#include <string.h>
#include <sys/prctl.h>

#include "boctl/boctl.h"
#include "boctl/colour.h"
#include "boctl/complete.h"
#include "boctl/pager.h"
#include "boctl/remote.h"
#include "common/version.h"

VERSION_MARK_HERE;

/* Options that the verb does not know or does not do without, and too few or too many words. */
static int request_check(const struct request *request, const struct verb *verb)
{
        uint64_t foreign = request->given & ~(verb->options | OPTIONS_COMMON);
        const char *space = verb->verb ? " " : "", *name = verb->verb ? verb->verb : "";

        for (size_t i = 0; i < OPTION_COUNT; i++)
                if (foreign & UINT64_C(1) << i)
                        return fail_usage("'%s%s%s' has no option --%s.", verb->noun, space, name,
                                          option_infos[i].name);
        for (size_t i = 0; i < OPTION_COUNT; i++)
                if (verb->required & ~request->given & UINT64_C(1) << i)
                        return fail_usage("'%s%s%s' wants --%s %s.", verb->noun, space, name,
                                          option_infos[i].name, option_infos[i].value);
        if (request->n_args < verb->min_args)
                return fail_usage("'%s%s%s' wants %s.", verb->noun, space, name, verb->args);
        if (request->n_args > verb->max_args)
                return fail_usage("'%s%s%s' does not take '%s'.", verb->noun, space, name,
                                  request->args[verb->max_args]);
        return EXIT_DONE;
}

static int help_show(struct request *request)
{
        const struct verb *verb;

        if (request->n_words == 0) {
                help_all();
                return EXIT_DONE;
        }
        /* One that does something of itself comes before its verbs, and has help of its own. */
        for (size_t i = 0; i < n_verbs && request->n_words == 1; i++)
                if (strcmp(verbs[i].noun, request->words[0]) == 0) {
                        if (!verbs[i].verb)
                                break;
                        help_noun(verbs[i].noun);
                        return EXIT_DONE;
                }
        verb = verb_find(request);
        if (!verb)
                return EXIT_USAGE;
        help_verb(verb);
        return EXIT_DONE;
}

static int verb_run(struct request *request, const struct verb *verb)
{
        const char *socket = request->value[OPTION_SOCKET];
        int r;

        if (verb->alone)
                return verb->run(request);
        r = connect_patiently(&request->bo, socket);
        if (r != 0)
                return fail_call(request, r, "Cannot connect to %s", socket ? socket : BO_SOCKET);
        return verb->run(request);
}

static int request_run(struct request *request)
{
        static const struct verb status = {.noun = "boctl", .run = verb_status};
        const struct verb *verb = &status;
        int r;

        if (request->given & OPTION_BIT(REMOTE))
                return remote_run(request);
        if (request->given & OPTION_BIT(VERSION)) {
                puts("boctl " BO_VERSION);
                return EXIT_DONE;
        }
        if (request->given & OPTION_BIT(HELP))
                return help_show(request);
        if (request->n_words > 0 && strcmp(request->words[0], "help") == 0) {
                request->words++;
                request->n_words--;
                return help_show(request);
        }
        if (request->n_words > 0)
                verb = verb_find(request);
        if (!verb)
                return EXIT_USAGE;
        r = request_check(request, verb);
        return r == EXIT_DONE ? verb_run(request, verb) : r;
}

int main(int argc, char **argv)
{
        _cleanup_(request_clear) struct request request = {0};
        int r, written;

        setlocale(LC_ALL, "");
        /* Passwords and tokens pass through: no core file, no debugger. It cannot fail. */
        prctl(PR_SET_DUMPABLE, 0);
        if (argc > 1 && strcmp(argv[1], COMPLETE_WORD) == 0)
                return complete(argc - 2, argv + 2);
        r = request_parse(&request, argc, argv);
        if (r == EXIT_DONE)
                r = colour_begin(&request);
        if (r == EXIT_DONE)
                r = request_run(&request);
        written = pager_end();
        if (written < 0 && r == EXIT_DONE)
                r = fail_write("-", written);
        return r;
}
