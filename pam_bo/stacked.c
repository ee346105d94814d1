/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Passwords that an earlier module of the stack has asked for: use_first_pass and its like. Which
 * question they answer follows from the order: the first secret one of auth is the password; in a
 * change it is [the current password,] the new one, the new one again.
 */
#include "pam_bo/stacked.h"

#include <string.h>

#define QUESTION_CURRENT "Current password: "

/* The new password and its repetition; the daemon asks for more only if it refused that one. */
#define FRESH_ANSWERS 2U

static const char *item_text(const struct request *request, int type)
{
        const void *item = NULL;

        return pam_get_item(request->pamh, type, &item) == PAM_SUCCESS ? item : NULL;
}

/* @times: how often the item has been wanted; @allowed: how often it may be handed over. */
static enum stacked_verdict item_answer(const char *item, bool must, unsigned times,
                                        unsigned allowed, const char **ret_answer)
{
        if (times >= allowed || !item || strlen(item) > BO_ANSWER_MAX)
                return must ? STACKED_MISSING : STACKED_ASK;
        *ret_answer = item;
        return STACKED_ANSWER;
}

static enum stacked_verdict auth_answer(struct stacked *stacked, const struct request *request,
                                        const char **ret_answer)
{
        const struct arguments *arguments = &request->arguments;

        if (stacked->secrets++ > 0 || !(arguments->use_first_pass || arguments->try_first_pass))
                return STACKED_ASK;
        return item_answer(item_text(request, PAM_AUTHTOK), arguments->use_first_pass, 0, 1,
                           ret_answer);
}

static enum stacked_verdict change_answer(struct stacked *stacked, const struct request *request,
                                          const struct bo_question *question,
                                          const char **ret_answer)
{
        const struct arguments *arguments = &request->arguments;
        bool first_pass = arguments->use_first_pass || arguments->try_first_pass;

        if (strcmp(question->text, QUESTION_CURRENT) == 0)
                return first_pass ? item_answer(item_text(request, PAM_OLDAUTHTOK),
                                                arguments->use_first_pass, stacked->current++, 1,
                                                ret_answer)
                                  : STACKED_ASK;
        if (!first_pass && !arguments->use_authtok)
                return STACKED_ASK;
        return item_answer(item_text(request, PAM_AUTHTOK),
                           arguments->use_first_pass || arguments->use_authtok, stacked->fresh++,
                           FRESH_ANSWERS, ret_answer);
}

enum stacked_verdict stacked_answer(struct stacked *stacked, const struct request *request,
                                    const struct bo_question *question, const char **ret_answer)
{
        if (question->kind != BO_SECRET)
                return STACKED_ASK; /* a code, an offer: no password answers it */
        if (request->phase == BO_PHASE_AUTH)
                return auth_answer(stacked, request, ret_answer);
        return change_answer(stacked, request, question, ret_answer);
}
