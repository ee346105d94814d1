/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Question to the person, answer to the daemon, until it says done. */
#include "pam_bo/relay.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <syslog.h>

#include "pam_bo/conversation.h"
#include "pam_bo/environment.h"
#include "pam_bo/stacked.h"

#define TURNS_MAX 100 /* more is a daemon that runs in circles */

/* The text is good until the next call, so it is shown before. */
static int relay_show(const struct request *request, bo *client, struct bo_question *question)
{
        bool silent = request->flags & PAM_SILENT;

        /* Why somebody is refused is told in any case: R38, and sudo asks for silence always. */
        if (question->kind == BO_FAILURE)
                conversation_show(request->pamh, PAM_ERROR_MSG, question->text);
        else if (!silent)
                conversation_show(request->pamh, PAM_TEXT_INFO, question->text);
        return bo_login_step(client, question->login, NULL, 0, question);
}

/* The application refused: the daemon knows whether that ends it, or was an offer only. */
static int relay_ask_person(const struct request *request, bo *client, struct bo_question *question)
{
        int style = question->kind == BO_SECRET ? PAM_PROMPT_ECHO_OFF : PAM_PROMPT_ECHO_ON;
        _cleanup_(answer_freep) char *answer = NULL;

        if (conversation_ask(request->pamh, style, question->text, &answer) != PAM_SUCCESS) {
                request_debug(request, "the application refused a question");
                return bo_login_cancel(client, question->login, question);
        }
        return bo_login_step(client, question->login, answer, strlen(answer), question);
}

/* A refused new password: why stands in the question that nobody will see. */
static void relay_show_reason(const struct request *request, const struct bo_question *question)
{
        const char *end = strrchr(question->text, '\n');
        _cleanup_(freep) char *reason = NULL;

        if (!end)
                return;
        reason = strndup(question->text, (size_t)(end - question->text));
        if (reason)
                conversation_show(request->pamh, PAM_ERROR_MSG, reason);
}

static int relay_ask(const struct request *request, bo *client, struct stacked *stacked,
                     struct bo_question *question)
{
        const char *answer = NULL;

        if (request->phase == BO_PHASE_ACCOUNT || request->phase == BO_PHASE_SESSION ||
            (request->flags & PAM_PRELIM_CHECK)) {
                pam_syslog(request->pamh, LOG_ERR,
                           "bo-accountd asks a question where nobody can be asked");
                return BO_ERR_PROTOCOL;
        }
        switch (stacked_answer(stacked, request, question, &answer)) {
        case STACKED_ASK:
                return relay_ask_person(request, client, question);
        case STACKED_ANSWER:
                return bo_login_step(client, question->login, answer, strlen(answer), question);
        case STACKED_MISSING:
                break;
        }
        pam_syslog(request->pamh, LOG_NOTICE, "no earlier module has left a password to use");
        relay_show_reason(request, question);
        return request->phase == BO_PHASE_AUTH ? BO_ERR_WRONG_CREDENTIALS
                                               : BO_ERR_PASSWORD_REJECTED;
}

static int relay_environment(const struct request *request, bo *client,
                             struct bo_question *question)
{
        int r = request->phase == BO_PHASE_SESSION && !request->close
                        ? environment_put(request, question->text)
                        : BO_ERR_PROTOCOL;

        return r != 0 ? r : bo_login_step(client, question->login, NULL, 0, question);
}

int relay_run(const struct request *request, bo *client, struct bo_question *question)
{
        struct stacked stacked = {0};

        for (int turn = 0; turn < TURNS_MAX; turn++) {
                int r = -EBADMSG;

                switch (question->kind) {
                case BO_DONE:
                        return question->outcome;
                case BO_INFO:
                case BO_FAILURE:
                        r = relay_show(request, client, question);
                        break;
                case BO_ENVIRONMENT:
                        r = relay_environment(request, client, question);
                        break;
                case BO_SECRET:
                case BO_VISIBLE:
                        r = relay_ask(request, client, &stacked, question);
                        break;
                }
                if (r != 0)
                        return r;
        }
        return -ELOOP;
}
