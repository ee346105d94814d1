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
        bool known = false;

        for (size_t i = 0; i < n_verbs; i++) {
                int taken = verbs[i].verb ? 2 : 1;

                if (strcmp(verbs[i].noun, noun) != 0)
                        continue;
                known = true;
                if (taken == 2 && (!verb || strcmp(verbs[i].verb, verb) != 0))
                        continue;
                request->args = request->words + taken;
                request->n_args = request->n_words - taken;
                return &verbs[i];
        }
        if (!known)
                return unknown_noun(noun);
        if (verb)
                return unknown_verb(noun, verb);
        fail_usage("'%s' wants a verb: `boctl %s --help` shows which.", noun, noun);
        return NULL;
}
