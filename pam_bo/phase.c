/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One phase of a login from its begin to the PAM code of its end. */
#include "pam_bo/phase.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "pam_bo/conversation.h"
#include "pam_bo/link.h"
#include "pam_bo/outcome.h"
#include "pam_bo/relay.h"

#define LOGIN_VARIABLE "BO_LOGIN"
#define ITEM_MAX       256

/* An item as the application set it, fit for D-Bus; NULL stays NULL. */
static const char *item_clean(const struct request *request, int type, char out[ITEM_MAX])
{
        const void *item = NULL;

        if (pam_get_item(request->pamh, type, &item) != PAM_SUCCESS || !item)
                return NULL;
        text_clean(out, ITEM_MAX, item, false);
        return out;
}

/* sshd proves in a child and opens the session in the parent: only the PAM environment gets there.
 */
static uint64_t login_read(const struct request *request)
{
        const char *text = pam_getenv(request->pamh, LOGIN_VARIABLE);
        uint64_t login = 0;
        int end = 0;

        /* sudo proves the caller and opens the session of another: that one has proven nothing. */
        if (!text || strspn(text, "0123456789") != strlen(text) ||
            link_of_another(request->pamh, request->user))
                return 0;
        return sscanf(text, "%20" SCNu64 "%n", &login, &end) == 1 && !text[end] ? login : 0;
}

static void login_forget(const struct request *request)
{
        if (pam_getenv(request->pamh, LOGIN_VARIABLE))
                /* Fails only for a name that is not there. */
                (void)pam_putenv(request->pamh, LOGIN_VARIABLE);
}

static int login_write(const struct request *request, uint64_t login)
{
        char text[sizeof(LOGIN_VARIABLE "=") + 20];

        snprintf(text, sizeof(text), LOGIN_VARIABLE "=%" PRIu64, login);
        return pam_putenv(request->pamh, text) == PAM_SUCCESS ? 0 : -ENOMEM;
}

/*
 * Who runs su, for somebody who becomes himself, and for the place that he is at. The real uid is
 * the kernel's word, and su is the setuid program that says it is su: whoever could say so in its
 * place is root.
 */
static uint32_t caller_of(const struct request *request, const char *service)
{
        bool su = strcmp(service, "su") == 0 || strcmp(service, "su-l") == 0;

        bool asks = request->phase == BO_PHASE_AUTH || request->phase == BO_PHASE_ACCOUNT;

        return su && asks && geteuid() == 0 ? getuid() : 0;
}

/*
 * A daemon of before an upgrade knows fewer words. What only makes things nicer is left out for it:
 * a session without variables, a password that su asks for. A permission is demanded or nobody
 * passes.
 */
static int login_begin(bo *client, enum bo_phase phase, const struct bo_login_context *context,
                       struct bo_question *ret_question)
{
        struct bo_login_context plain = *context;
        int r = bo_login_begin(client, phase, context, ret_question);

        plain.environment = false;
        plain.caller = 0;
        if (r == BO_ERR_BAD_OPTION && (context->environment || context->caller != 0))
                r = bo_login_begin(client, phase, &plain, ret_question);
        return r == BO_ERR_BAD_OPTION ? BO_ERR_PROTOCOL : r;
}

/* Only a connection that was kept may be tried twice: the daemon may have started anew since. */
static int phase_begin(const struct request *request, const struct bo_login_context *context,
                       bo **ret_bo, struct bo_question *ret_question)
{
        bo *client = link_kept(request->pamh, request->user);
        int r = -ECONNRESET;

        if (client)
                r = login_begin(client, request->phase, context, ret_question);
        if (!client || r == -ECONNRESET) {
                link_drop(request->pamh);
                r = link_open(request->pamh, request->user, request->known,
                              request->arguments.socket, &client);
                if (r == 0)
                        r = login_begin(client, request->phase, context, ret_question);
        }
        if (r == 0)
                *ret_bo = client;
        return r;
}

/* 0 or a BO_ERR_* or a negative errno, the latter two without a word to the person yet. */
static int phase_talk(const struct request *request, struct bo_question *question)
{
        bool change = request->phase == BO_PHASE_PASSWORD;
        char service[ITEM_MAX] = "", rhost[ITEM_MAX], tty[ITEM_MAX];
        struct bo_login_context context = {
                .user = request->name,
                .service = service,
                .rhost = item_clean(request, PAM_RHOST, rhost),
                .tty = item_clean(request, PAM_TTY, tty),
                .silent = request->flags & PAM_SILENT,
                .expired = change && request->flags & PAM_CHANGE_EXPIRED_AUTHTOK,
                .check = change && request->flags & PAM_PRELIM_CHECK,
                .close = request->close,
                .environment = request->phase == BO_PHASE_SESSION && !request->close,
                .permission = request->arguments.permission,
        };
        bo *client = NULL;
        int r;

        item_clean(request, PAM_SERVICE, service);
        context.caller = caller_of(request, service);
        if (request->phase == BO_PHASE_SESSION)
                context.login = login_read(request);
        r = phase_begin(request, &context, &client, question);
        if (r == 0)
                r = relay_run(request, client, question);
        if (r != 0 && question->kind != BO_DONE && !request->close)
                conversation_show(request->pamh, PAM_ERROR_MSG, bo_error_text(r));
        return r;
}

/*
 * What is kept, and for how long: from a proven password to a forced change the connection, from
 * there to the session the number of the login.
 */
static int phase_keep(const struct request *request, int result, uint64_t login)
{
        if (result == 0 && request->phase == BO_PHASE_AUTH)
                result = login_write(request, login);
        if (request->phase == BO_PHASE_SESSION && !request->close)
                login_forget(request); /* good once */
        if (result != 0 && result != BO_ERR_PASSWORD_EXPIRED)
                link_drop(request->pamh);
        return result;
}

int phase_run(const struct request *request)
{
        struct bo_question question = {.kind = BO_FAILURE, .outcome = -EBADMSG};
        int result = -EBADMSG;

        if (request->phase == BO_PHASE_AUTH) {
                link_drop(request->pamh);
                login_forget(request);
        }
        result = phase_talk(request, &question);
        result = phase_keep(request, result, question.login);
        outcome_log(request, result);
        return outcome_to_pam(request->phase, result);
}
