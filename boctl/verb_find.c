/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verb that a command line names; for a mistyped one, the nearest. */
#include <string.h>

#include "boctl/boctl.h"

static const struct verb *unknown_noun(const char *noun)
{
        const char *nouns[VERBS_MOST], *near;

        for (size_t i = 0; i < n_verbs; i++)
                nouns[i] = verbs[i].noun;
        near = nearest(noun, nouns, n_verbs);
        if (near)
                fail_usage("There is no command '%s'. Did you mean '%s'?", noun, near);
        else
                fail_usage("There is no command '%s'.", noun);
        return NULL;
}

static const struct verb *unknown_verb(const char *noun, const char *verb)
{
        const char *names[VERBS_MOST], *near;

        for (size_t i = 0; i < n_verbs; i++)
                names[i] = strcmp(verbs[i].noun, noun) == 0 ? verbs[i].verb : NULL;
        near = nearest(verb, names, n_verbs);
        if (near)
                fail_usage("There is no command '%s %s'. Did you mean '%s %s'?", noun, verb, noun,
                           near);
        else
                fail_usage("There is no command '%s %s'.", noun, verb);
        return NULL;
}

const struct verb *verb_find(struct request *request)
{
        const char *noun = request->words[0], *verb = request->words[1];
        const struct verb *found = NULL;
        bool known = false;

        /* What a noun does of itself is no verb of it: `check`, `check login`. */
        for (size_t i = 0; i < n_verbs; i++) {
                const struct verb *row = &verbs[i];

                if (strcmp(row->noun, noun) != 0)
                        continue;
                known = true;
                if (!row->verb ? !found : verb && strcmp(row->verb, verb) == 0)
                        found = row;
        }
        if (found) {
                int taken = found->verb ? 2 : 1;

                request->args = request->words + taken;
                request->n_args = request->n_words - taken;
                return found;
        }
        if (!known)
                return unknown_noun(noun);
        if (verb)
                return unknown_verb(noun, verb);
        fail_usage("'%s' wants a verb: `boctl %s --help` shows which.", noun, noun);
        return NULL;
}
