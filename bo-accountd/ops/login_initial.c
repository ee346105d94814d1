/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The initial password behind a first link: asked for once, then changed at once (R86). */
#include "bo-accountd/ops/login_private.h"

#include <errno.h>

/*
 * Counted apart: who comes here has the token, so strangers who guess at the password prompt cannot
 * keep him out (R39), and a thief of the mail has as few guesses as anybody.
 */
static int test(struct op *op, struct login *login, const struct secret *answer, int *ret_outcome)
{
        struct subject subject = login->subject;
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome, r;

        lockout_subject_initial(subject.key, subject.account.uid);
        outcome = verify_password(op, &subject, answer);
        if (outcome < 0)
                return outcome;
        r = op_begin_write(op, &tx);
        if (r == 0 && outcome == 0)
                r = lockout_clear(&tx, subject.key);
        else if (r == 0)
                r = login_record_failure(op, login, &tx, outcome);
        *ret_outcome = outcome;
        return r == 0 ? tx_commit(&tx) : r;
}

static int answer_initial(struct op *op, struct login *login, const struct secret *answer)
{
        int outcome = 0, r = test(op, login, answer, &outcome);

        if (r != 0)
                return r;
        if (outcome == BO_ERR_LOCKED_ATTEMPTS)
                return login_fail(login, outcome, "%s", bo_error_text(outcome));
        if (outcome != 0)
                return login_end(login, outcome);
        login->password = secret_free(login->password);
        login->password = secret_copy(answer->bytes, answer->size);
        return login->password ? login_new_password(login, NULL) : -ENOMEM;
}

int login_initial_password(struct login *login)
{
        const struct account *account = &login->subject.account;

        /* Who has not been activated has no password but an initial one. */
        if (account->activated_usec != 0 || !account->password_hash[0])
                return login_new_password(login, NULL);
        return login_ask(login, LOGIN_SECRET, answer_initial, true, "Initial password: ");
}
