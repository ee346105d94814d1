/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks for a new password twice, as often as needed, within any phase (R73). */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/new_password.h"

#include <errno.h>

static int ask_again(struct login *login, const char *reason)
{
        bool again = ++login->tries < LOGIN_TRIES;

        if (!again && login->voluntary)
                return login_tell(login, LOGIN_ERROR, login_end_well,
                                  "%s The password was not changed.", reason);
        if (!again)
                return login_fail(login, BO_ERR_PASSWORD_REJECTED,
                                  "%s The password was not changed.", reason);
        return login_new_password(login, reason);
}

static int answer_repeat(struct op *op, struct login *login, const struct secret *answer)
{
        char hash[PASSWORD_HASH_SIZE];
        int r;

        if (!secret_equal(login->fresh, answer))
                return ask_again(login, "The two passwords are not the same.");
        r = new_password_hash(op, &login->subject.account, answer, login->password != NULL, hash);
        if (r == BO_ERR_PASSWORD_REUSED)
                return ask_again(login, bo_error_text(r));
        return r != 0 ? r : login->store(op, login, hash);
}

static int answer_new(struct op *op, struct login *login, const struct secret *answer)
{
        char why[256] = "";
        int r = new_password_check(op, &login->subject.account, answer, login->password, why,
                                   sizeof(why));

        if (r > 0)
                return ask_again(login, why);
        if (r < 0)
                return r;
        login->fresh = secret_free(login->fresh);
        login->fresh = secret_copy(answer->bytes, answer->size);
        if (!login->fresh)
                return -ENOMEM;
        return login_ask(login, LOGIN_SECRET, answer_repeat, true, "Repeat new password: ");
}

int login_new_password(struct login *login, const char *reason)
{
        login->proven = true;
        if (!reason)
                return login_ask(login, LOGIN_SECRET, answer_new, false, "New password: ");
        return login_ask(login, LOGIN_SECRET, answer_new, false, "%s\nNew password: ", reason);
}
