/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line, taken apart into words and options. */
#include <getopt.h>
#include <string.h>

#include "boctl/boctl.h"

const struct option_info option_infos[OPTION_COUNT] = {
        [OPTION_ADDRESS] = {"address", "IP", "where the client comes from"},
        [OPTION_ALIAS] = {"alias", "TEXT", "name of the customer for people"},
        [OPTION_ALL] = {"all", NULL, "ended sessions too; or: all locations"},
        [OPTION_COLOR] = {"color", "WHEN", "auto (on a terminal), always, never"},
        [OPTION_COMMENT] = {"comment", "TEXT", "for who answers the request"},
        [OPTION_CUSTOMER] = {"customer", "ID", "the customer"},
        [OPTION_DRY_RUN] = {"dry-run", NULL, "judge, and change nothing"},
        [OPTION_EVENT] = {"event", "NAME", "only events of this name"},
        [OPTION_FORGOT] = {"forgot", "USER", "mail a link for a new password"},
        [OPTION_FORMAT] = {"format", "csv|json", "of the file (default: by its name, else csv)"},
        [OPTION_FROM] = {"from", "IP", "where the user comes from"},
        [OPTION_FULL] = {"full", NULL, "all of database and audit trail, too"},
        [OPTION_FULL_NAME] = {"full-name", "TEXT", "name of the person"},
        [OPTION_GENERATE] = {"generate", NULL, "make a password and show it once"},
        [OPTION_HELP] = {"help", NULL, "show this help"},
        [OPTION_HOME] = {"home", "DIR", "home directory (default: /home/NAME)"},
        [OPTION_HOST] = {"host", "NAME", "Terminal= of the host (default: of this one)"},
        [OPTION_HTML] = {"html", "FILE", "write a page to FILE"},
        [OPTION_INITIAL_PASSWORD] = {"initial-password", NULL, "a password that the link asks for"},
        [OPTION_JSON] = {"json", NULL, "show JSON instead of text"},
        [OPTION_KIND] = {"kind", "adm|api", "person (default) or program"},
        [OPTION_LIMIT] = {"limit", "N", "show at most N"},
        [OPTION_LOCATION] = {"location", "ID", "a location; where it makes sense, several times"},
        [OPTION_MAIL] = {"mail", NULL, "mail the links for the activation"},
        [OPTION_MAX_ERRORS] = {"max-errors", "N", "stop after N rows with errors"},
        [OPTION_METHOD] = {"method", "password|key", "what he shows (default: password)"},
        [OPTION_NAME] = {"name", "TEXT", "name of the location for people"},
        [OPTION_NO_PAGER] = {"no-pager", NULL, "long lists at once, not page by page"},
        [OPTION_OUTPUT] = {"output", "FILE", "write to FILE, whole or not at all"},
        [OPTION_PASSWORD_FD] = {"password-fd", "N", "read the password from file descriptor N"},
        [OPTION_PERMISSION] = {"permission", "NAME", "that is demanded besides"},
        [OPTION_REASON] = {"reason", "TEXT", "why; recorded"},
        [OPTION_REMOTE] = {"remote", "HOST", "-H: run there by ssh; [USER@]HOST"},
        [OPTION_ROLE] = {"role", "NAME", "a role; may be given several times"},
        [OPTION_SEARCH] = {"search", "TEXT", "part of name, e-mail or full name"},
        [OPTION_SERVICE] = {"service", "NAME", "the service, as PAM has it"},
        [OPTION_SHELL] = {"shell", "FILE", "login shell (default: /bin/bash)"},
        [OPTION_SINCE] = {"since", "TIME", "from 2026-11-22, \"2026-11-22 15:00\", @SECONDS"},
        [OPTION_SOCKET] = {"socket", "PATH", "socket of the daemon (default: " BO_SOCKET ")"},
        [OPTION_SORT] = {"sort", "name|-name", "order; - turns it round"},
        [OPTION_STATUS] = {"status", "WORD", "only those in this status"},
        [OPTION_SUBSCRIPTION] = {"subscription", "NAME", "one of the account type's"},
        [OPTION_TOKEN] = {"token", NULL, "by the token from the mail, which is asked for"},
        [OPTION_TTY] = {"tty", "NAME", "the line he sits at, as tty1"},
        [OPTION_TYPE] = {"type", "NAME", "account type of the customer"},
        [OPTION_UNTIL] = {"until", "TIME", "and before that time"},
        [OPTION_UNVERIFIED] = {"unverified", NULL, "without an address: bo makes the name"},
        [OPTION_USER] = {"user", "NAME", "only what concerns this user"},
        [OPTION_VERSION] = {"version", NULL, "show the version"},
        [OPTION_WEBSITE] = {"website", "TEXT", "website of the location"},
        [OPTION_YES] = {"yes", NULL, "do not ask"},
};

_Static_assert(OPTION_COUNT <= 64, "an OPTION_BIT is one of a uint64_t");

#define OPTION_CODE 256 /* getopt_long() has them apart from letters */

static void long_options(struct option options[OPTION_COUNT + 1])
{
        for (int i = 0; i < OPTION_COUNT; i++)
                options[i] = (struct option){
                        .name = option_infos[i].name,
                        .has_arg = option_infos[i].value ? required_argument : no_argument,
                        .val = i + OPTION_CODE,
                };
        options[OPTION_COUNT] = (struct option){0};
}

/* What getopt_long() did not take: @code is a letter, or an option that takes no value, or 0. */
static int fail_option(const char *text, int code)
{
        const char *names[OPTION_COUNT], *near;
        char bare[64];

        if (code >= OPTION_CODE)
                return fail_usage("--%s takes no value.", option_infos[code - OPTION_CODE].name);
        if (code != 0)
                return fail_usage("There is no option -%c.", code);
        snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(text, "="), text);
        for (size_t i = 0; i < OPTION_COUNT; i++)
                names[i] = option_infos[i].name;
        near = nearest(bare + strspn(bare, "-"), names, OPTION_COUNT);
        if (near)
                return fail_usage("There is no option %s. Did you mean --%s?", bare, near);
        return fail_usage("There is no option %s.", bare);
}

/* Spelt out, and its value never apart from it: another boctl can mistake neither. */
static int option_pass(struct request *request, int id, const char *value)
{
        const char *name = option_infos[id].name;
        char **passed = &request->passed[request->n_passed];

        if (asprintf(passed, "--%s%s%s", name, value ? "=" : "", value ? value : "") < 0) {
                *passed = NULL;
                return fail("Out of memory.");
        }
        request->n_passed++;
        return EXIT_DONE;
}

static int option_take(struct request *request, int id, const char *value)
{
        if (id == OPTION_ROLE) {
                request->roles[request->n_roles++] = value;
                request->roles[request->n_roles] = NULL;
        } else if (id == OPTION_LOCATION) {
                request->locations[request->n_locations++] = value;
                request->locations[request->n_locations] = NULL;
        } else if (request->given & UINT64_C(1) << id && option_infos[id].value) {
                return fail_usage("--%s is given twice.", option_infos[id].name);
        }
        /* However often "-hhh" says it, it is passed on once: there is room for argc of them. */
        if (request->given & UINT64_C(1) << id && !option_infos[id].value)
                return EXIT_DONE;
        request->given |= UINT64_C(1) << id;
        request->value[id] = value;
        return id == OPTION_REMOTE ? EXIT_DONE : option_pass(request, id, value);
}

int request_parse(struct request *request, int argc, char **argv)
{
        struct option options[OPTION_COUNT + 1];
        int id, r;

        long_options(options);
        request->roles = calloc((size_t)argc + 1, sizeof(*request->roles));
        request->locations = calloc((size_t)argc + 1, sizeof(*request->locations));
        request->passed = calloc((size_t)argc + 1, sizeof(*request->passed));
        if (!request->roles || !request->locations || !request->passed)
                return fail("Out of memory.");
        opterr = 0;
        while ((id = getopt_long(argc, argv, ":hH:", options, NULL)) != -1) {
                if (id == ':' && optopt < OPTION_CODE)
                        return fail_usage("-%c wants a value.", optopt);
                if (id == ':')
                        return fail_usage("--%s wants a value.",
                                          option_infos[optopt - OPTION_CODE].name);
                if (id == '?')
                        return fail_option(argv[optind - 1], optopt);
                if (id == 'h')
                        id = OPTION_HELP + OPTION_CODE;
                if (id == 'H')
                        id = OPTION_REMOTE + OPTION_CODE;
                r = option_take(request, id - OPTION_CODE, optarg);
                if (r != EXIT_DONE)
                        return r;
        }
        request->words = argv + optind;
        request->n_words = argc - optind;
        request->json = request->given & OPTION_BIT(JSON);
        return EXIT_DONE;
}

void request_clear(struct request *request)
{
        free(request->roles);
        free(request->locations);
        request->roles = request->locations = NULL;
        for (size_t i = 0; i < request->n_passed; i++)
                free(request->passed[i]);
        free(request->passed);
        request->passed = NULL;
        request->bo = bo_close(request->bo);
}

int limit_of(const struct request *request, uint64_t fallback, uint64_t *ret_limit)
{
        const char *text = request->value[OPTION_LIMIT];
        unsigned long long limit;
        char *end;

        if (!text) {
                *ret_limit = fallback;
                return EXIT_DONE;
        }
        limit = strtoull(text, &end, 10);
        if (*text < '0' || *text > '9' || *end || limit == 0 || strlen(text) > 18)
                return fail_usage("--limit wants a number from 1, not '%s'.", text);
        *ret_limit = limit;
        return EXIT_DONE;
}
