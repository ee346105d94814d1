/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where in a command line the cursor is, and what may stand there: all from the table of verbs. */
#include "boctl/complete.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>

#define DEADLINE_SEC 2

static bool begins(const char *text, const char *with)
{
        return strncmp(text, with, strlen(with)) == 0;
}

/* "--name" or "--name=value", which may be shortened as getopt_long() allows; -1: unknown. */
static int option_find(const char *word)
{
        size_t length = strcspn(word, "=");
        int found = -1;

        if (begins(word, "-H"))
                return OPTION_REMOTE;
        if (!begins(word, "--"))
                return -1;
        for (int i = 0; i < OPTION_COUNT; i++) {
                const char *name = option_infos[i].name;

                if (strncmp(word + 2, name, length - 2) != 0)
                        continue;
                if (strlen(name) == length - 2)
                        return i;
                found = found < 0 ? i : OPTION_COUNT;
        }
        return found < OPTION_COUNT ? found : -1;
}

/* Takes the words before the current one apart; the option of which that is the value, or -1. */
static int words_take(struct completion *c)
{
        struct request *request = &c->request;
        bool ended = false;

        for (size_t i = 0; i + 1 < c->n_words; i++) {
                char *word = c->words[i], *value;
                int id = ended ? -1 : option_find(word);

                if (!ended && strcmp(word, "--") == 0)
                        ended = true;
                else if (ended || word[0] != '-')
                        request->words[request->n_words++] = word;
                if (id < 0)
                        continue;
                request->given |= UINT64_C(1) << id;
                value = strchr(word, '=');
                if (!option_infos[id].value || value || (word[1] == 'H' && word[2])) {
                        request->value[id] = value ? value + 1 : NULL;
                        continue;
                }
                if (i + 2 == c->n_words)
                        return id;
                request->value[id] = c->words[++i];
        }
        return -1;
}

/* A verb of one word is known by that alone, unless there are others of its noun. */
static void verb_take(struct completion *c)
{
        struct request *request = &c->request;

        if (request->n_words > 0 && strcmp(request->words[0], "help") == 0) {
                request->words++;
                request->n_words--;
        }
        for (size_t i = 0; i < n_verbs && request->n_words > 0; i++) {
                int taken = verbs[i].verb ? 2 : 1;

                if (strcmp(verbs[i].noun, request->words[0]) != 0 || taken > request->n_words)
                        continue;
                if (taken == 2 && strcmp(verbs[i].verb, request->words[1]) != 0)
                        continue;
                c->verb = &verbs[i];
                c->n_args = request->n_words - taken;
                if (taken == 2)
                        return;
        }
}

static void options_complete(struct completion *c)
{
        static const uint64_t repeated = OPTION_BIT(ROLE) | OPTION_BIT(LOCATION);
        uint64_t may = OPTIONS_COMMON | (c->verb ? c->verb->options : 0);

        for (int i = 0; i < OPTION_COUNT; i++) {
                char word[64];

                if (!(may & ~(c->request.given & ~repeated) & UINT64_C(1) << i))
                        continue;
                snprintf(word, sizeof(word), "--%s", option_infos[i].name);
                complete_put(c, word, option_infos[i].help);
        }
}

static void nouns_complete(struct completion *c)
{
        for (size_t i = 0; i < n_verbs; i++)
                if (i == 0 || strcmp(verbs[i].noun, verbs[i - 1].noun) != 0)
                        complete_put(c, verbs[i].noun, verbs[i].verb ? NULL : verbs[i].help);
        complete_put(c, "help", "Show what a command takes");
}

/* The @n'th name of "ID TYPE [SUBSCRIPTION]"; one with dots goes on. */
static void argument_complete(struct completion *c)
{
        const char *names = c->verb->args ? c->verb->args : "";
        char name[64] = "";

        if (c->n_args >= c->verb->max_args)
                return;
        for (int n = 0; n <= c->n_args && *names; n++) {
                size_t length = strcspn(names, " ");

                snprintf(name, sizeof(name), "%.*s", (int)length, names);
                names += length;
                names += strspn(names, " ");
        }
        name[strcspn(name, ".]")] = '\0';
        complete_argument(c, name + strspn(name, "["));
}

static void word_complete(struct completion *c)
{
        const struct request *request = &c->request;

        if (request->n_words == 0) {
                nouns_complete(c);
                return;
        }
        for (size_t i = 0; i < n_verbs && request->n_words == 1; i++)
                if (verbs[i].verb && strcmp(verbs[i].noun, request->words[0]) == 0)
                        complete_put(c, verbs[i].verb, verbs[i].help);
        if (c->verb)
                argument_complete(c);
}

static void line_complete(struct completion *c)
{
        char before[64];
        int id = words_take(c);

        verb_take(c);
        if (id >= 0) {
                complete_option(c, id);
        } else if (begins(c->current, "--") && strchr(c->current, '=')) {
                id = option_find(c->current);
                snprintf(before, sizeof(before), "%.*s=", (int)strcspn(c->current, "="),
                         c->current);
                c->before = before;
                c->current = strchr(c->current, '=') + 1;
                if (id >= 0)
                        complete_option(c, id);
        } else if (c->current[0] == '-') {
                options_complete(c);
        } else {
                word_complete(c);
        }
}

static void split_complete(struct completion *c)
{
        _cleanup_(freep) char **words = calloc(c->n_words + 1, sizeof(*words));

        c->current = c->words[c->n_words - 1];
        c->request.words = words; /* the first of them may be left behind */
        if (words)
                line_complete(c);
        c->request.bo = bo_close(c->request.bo);
}

static void signal_give_up(int number)
{
        (void)number; /* SIGALRM, the only one */
        _exit(EXIT_DONE);
}

int complete(int argc, char **argv)
{
        const struct itimerval deadline = {.it_value = {.tv_sec = DEADLINE_SEC}};
        struct completion c = {.before = "", .bash = argc == 3 && strcmp(argv[0], "bash") == 0};

        if (!c.bash && (argc < 2 || strcmp(argv[0], "zsh") != 0))
                return EXIT_USAGE;
        signal(SIGALRM, signal_give_up);
        setitimer(ITIMER_REAL, &deadline, NULL);
        if (!c.bash) {
                c.words = argv + 1;
                c.n_words = (size_t)argc - 1;
        }
        if (!c.bash || complete_split(&c, argv[1], argv[2]))
                split_complete(&c);
        complete_split_clear(&c);
        return EXIT_DONE;
}
