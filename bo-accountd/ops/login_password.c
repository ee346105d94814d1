/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The password phase: the user changes his own password (R2, R4, R14, R73). */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/new_password.h"
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/audit.h"

#include <errno.h>

/* Whoever changes a password because others may know it should think of the key as well. */
static int tell_changed(struct op *op, struct login *login)
{
        struct api_key_row key;
        int r = api_key_of_user(op->store, login->subject.account.uid, &key);

        if (r != 0)
                return login_tell(login, LOGIN_INFO, login_end_well, "The password was changed.");
        return login_tell(login, LOGIN_INFO, login_end_well,
                          "The password was changed. Your API key bo_%s_... keeps working: `boctl "
                          "key delete` ends it.",
                          key.prefix);
}

int login_store_password(struct op *op, struct login *login, const char *hash)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int64_t epoch = login->subject.account.credential_epoch;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = account_by_uid(op->store, login->subject.account.uid, &login->subject.account);
        if (r != 0)
                return r;
        /* What was proven is the password that stood then. */
        if (login->subject.account.credential_epoch != epoch ||
            account_is_deactivated(&login->subject.account))
                return login_fail(login, BO_ERR_PASSWORD_REJECTED,
                                  "The account was changed meanwhile. Log in again.");
        /* The module runs as root, the user proved himself. */
        op->actor_uid = login->subject.account.uid;
        r = new_password_change(op, &tx, &login->subject.account, hash, "by the user");
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        if (login->context.silent)
                return login_end(login, 0);
        return tell_changed(op, login);
}

/* Charged and counted like a login: the present password is as good a place to guess as any. */
static int judge(struct op *op, struct login *login, int *outcome)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r != 0)
                return r;
        if (*outcome == 0) {
                r = lockout_clear(&tx, login->subject.key);
        } else {
                if (subject_locked_now(op, &login->subject))
                        *outcome = BO_ERR_LOCKED_ATTEMPTS;
                r = login_record_failure(op, login, &tx, *outcome);
        }
        return r == 0 ? tx_commit(&tx) : r;
}

static int answer_current(struct op *op, struct login *login, const struct secret *answer)
{
        int outcome = verify_password(op, &login->subject, answer);
        int r = outcome < 0 ? outcome : 0;

        if (outcome >= 0 && outcome != BO_ERR_LOCKED_ATTEMPTS)
                r = judge(op, login, &outcome);
        if (r != 0)
                return r;
        if (outcome != 0)
                return login_fail(login, outcome, "%s", bo_error_text(outcome));
        login->password = secret_copy(answer->bytes, answer->size);
        return login->password ? login_new_password(login, NULL) : -ENOMEM;
}

int login_password(struct op *op, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account_state state;
        int outcome, r = login_find(op, login, &tx, &state);

        if (r == BO_ERR_NO_SUCH_USER)
                return login_end(login, r);
        if (r != 0)
                return r;
        outcome = login->subject.account.is_api ? BO_ERR_API_USER : login_bar(&state);
        if (outcome != 0)
                return login_fail(login, outcome, "%s", bo_error_text(outcome));
        if (login->context.check || (login->context.expired && !state.facts.password_expired))
                return login_end(login, 0);

        login->store = login_store_password;
        /* Expired, and proven a moment ago on this connection: not asked for twice. A key proves no
         * password. */
        if (login->context.expired && login->proof.uid == login->subject.account.uid &&
            !login->proof.by_key)
                return login_new_password(login, NULL);
        return login_ask(login, LOGIN_SECRET, answer_current, true, "Current password: ");
}
