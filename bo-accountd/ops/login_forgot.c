/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `forgot` at the password prompt: the user asks for a reset link (R36, R75). */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/ops.h"

#include <string.h>

static const char word[] = LOGIN_FORGOT;

/*
 * No password is as short (PasswordMinLength= is 8 at least), so any other answer of that length is
 * treated alike: for a name that NSS does not know sshd passes on nothing but the length of what
 * was typed, and such names must not be told apart.
 */
bool login_is_forgot(const struct login *login, const struct secret *answer)
{
        return login->service.class == SERVICE_INTERACTIVE && answer->size == LOGIN_FORGOT_SIZE;
}

static void note_asked(struct op *op, const struct login *login, const char *name)
{
        op_note(op, LOG_INFO,
                &(struct log_event){.event = "reset-asked",
                                    .user = name,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost},
                "A reset was asked for at the login of %s (%s).", name ? name : "an unknown user",
                login->context.service);
}

static void note_short(struct op *op, const struct login *login, const char *name)
{
        if (login->dummy)
                return; /* sshd's: logged nowhere */
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "login-failed",
                                    .user = name,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost,
                                    .detail = bo_error_name(BO_ERR_RESET_ASKED)},
                "Login of %s refused (%s): the answer is shorter than any password.",
                name ? name : "an unknown user", login->context.service);
}

/* The hash of a login is spent, and nothing is looked up or written before the answer: it takes the
 * same time for everybody. Nothing was tested, so nothing is charged. */
int login_forgot(struct op *op, struct login *login, const struct secret *answer)
{
        const char *name = login->subject.known ? login->subject.account.name : NULL;
        char nobody[sizeof(login->context.user) + 1];
        int r = password_verify(NULL, answer, op->keys, &op->settings->cost);

        if (r < 0)
                return r;
        if (memcmp(answer->bytes, word, LOGIN_FORGOT_SIZE) == 0) {
                op_wish_reset(op, login->context.user, login->context.rhost, AUDIT_NOBODY);
                note_asked(op, login, name);
        } else {
                /* By its time, what is done after the answer would tell that the word arrived. */
                snprintf(nobody, sizeof(nobody), "?%s", login->context.user);
                op_wish_reset(op, nobody, login->context.rhost, AUDIT_NOBODY);
                note_short(op, login, name);
        }
        /* What a setting says is the same for everybody. */
        if (!op->settings->mail)
                return login_fail(login, BO_ERR_RESET_ASKED,
                                  "No password is this short. Links are not mailed from here: if "
                                  "you forgot your password, ask your administrator for a token.");
        return login_fail(login, BO_ERR_RESET_ASKED,
                          "No password is this short. If you typed \"%s\" and this account has a "
                          "mailbox, a mail with a link is on its way.",
                          word);
}
