/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The test of a password and a one-time code, and the one verdict on both. */
#include "bo-accountd/ops/login_private.h"

bool login_admits_password(const struct login *login)
{
        return service_admits(login->service.class, login->subject.account.is_api,
                              SERVICE_CREDENTIAL_PASSWORD);
}

/* The password was right, so guessing it has ended: its counter is cleared whatever else stands in
 * the way. */
static int settle_right(struct op *op, struct login *login, struct tx *tx, int *outcome)
{
        struct account_state state;
        int r = lockout_clear(tx, login->subject.key);

        if (r == 0)
                r = login_join(op, login, tx);
        if (r == 0)
                r = account_state(op, tx, &login->subject.account, &state);
        if (r != 0)
                return r;
        *outcome = login_bar(&state);
        if (*outcome == BO_ERR_LOCKED_INACTIVITY && login->subject.account.idle_marked_usec == 0)
                r = account_mark_idle(tx, login->subject.account.uid);
        if (r != 0 || *outcome != 0)
                return r;
        if (login->factor == SERVICE_FACTOR_SET_UP)
                return 0; /* not a login before the factor stands */
        return login_record_success(op, login, tx,
                                    login->factor == SERVICE_FACTOR_NONE ? "password"
                                    : login->recovered                   ? "password+recovery"
                                                                         : "password+otp");
}

/* Was anything about the user changed while the password was being hashed? */
static int reload(struct login *login, struct tx *tx, bool *ret_same)
{
        int64_t epoch = login->subject.account.credential_epoch;
        int r = account_by_uid(tx->store, login->subject.account.uid, &login->subject.account);

        if (r == 0)
                *ret_same = login->subject.account.credential_epoch == epoch;
        return r;
}

/* Was the factor turned on or demanded since the question was put? Then the answers are not enough.
 */
static int factor_same(struct op *op, const struct login *login, bool *ret_same)
{
        enum service_factor wanted = login->factor;
        int r = login->subject.known ? login_factor(op, login, &wanted) : 0;

        *ret_same = wanted == login->factor;
        return r;
}

/*
 * A locked factor is told of whatever the password was, and nobody is charged for one meanwhile
 * (R38): if only the wrong ones were, the lock that follows six of them, or does not, would tell
 * which was right.
 */
static int told_locked(struct op *op, struct login *login, struct tx *tx, int *outcome)
{
        struct lockout_state *lock = &login->subject.lock;
        int r = lockout_load(op->store, login->subject.key, lock);

        *lock = lockout_refund(lock);
        *outcome = BO_ERR_LOCKED_ATTEMPTS;
        return r == 0 ? lockout_save(tx, login->subject.key, lock) : r;
}

static int test_code(struct op *op, struct login *login, struct tx *tx, const struct secret *code,
                     int *outcome)
{
        uint32_t uid = login->subject.account.uid;
        int r = verify_code_wait(op, tx, uid, &login->code_wait_usec);

        if (r != 0)
                return r;
        if (login->code_wait_usec > 0)
                return told_locked(op, login, tx, outcome);
        if (*outcome == 0)
                *outcome = verify_code(op, tx, uid, code);
        login->recovered = *outcome == 0 && verify_is_recovery(op, code);
        return *outcome < 0 ? *outcome : 0;
}

static int judge(struct op *op, struct login *login, struct tx *tx, const struct secret *code,
                 int *outcome)
{
        bool same = true, same_factor = true;
        int r = 0;

        if (login->subject.known)
                r = reload(login, tx, &same);
        if (r == 0)
                r = factor_same(op, login, &same_factor);
        if (r != 0)
                return r;
        if (*outcome == 0 && (!same || !login_admits_password(login) || !same_factor))
                *outcome = BO_ERR_WRONG_CREDENTIALS;
        if (login->subject.known && code)
                r = test_code(op, login, tx, code, outcome);
        if (r == 0 && *outcome == 0)
                r = settle_right(op, login, tx, outcome);
        if (r == 0 && *outcome == BO_ERR_WRONG_CREDENTIALS &&
            subject_locked_now(op, &login->subject))
                *outcome = BO_ERR_LOCKED_ATTEMPTS;
        if (r == 0 && *outcome != 0)
                r = login_record_failure(op, login, tx, *outcome);
        return r;
}

static int rehash(struct op *op, struct login *login, const struct secret *password)
{
        const char *old = login->subject.account.password_hash;
        char fresh[PASSWORD_HASH_SIZE];
        _cleanup_(tx_end) struct tx tx = {0};
        int r;

        if (!password_needs_rehash(old, op->keys, &op->settings->cost))
                return 0;
        r = password_hash(fresh, password, op->keys, &op->settings->cost);
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = account_rehash(&tx, login->subject.account.uid, old, fresh);
        return r == 0 ? tx_commit(&tx) : r;
}

int login_verdict(struct op *op, struct login *login, const struct secret *password,
                  const struct secret *code)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome = verify_password(op, &login->subject, password);
        int r;

        if (outcome < 0)
                return outcome;
        if (outcome == BO_ERR_LOCKED_ATTEMPTS)
                return login_fail_locked(op, login,
                                         lockout_wait_usec(&op->settings->lockout,
                                                           &login->subject.lock, op->clock_usec));
        r = op_begin_write(op, &tx);
        if (r == 0)
                r = judge(op, login, &tx, code, &outcome);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        login_joined(op, login);
        if (outcome != 0)
                return login_auth_failed(op, login, outcome);

        (void)rehash(op, login, password); /* not worth a refusal: the next login tries again */
        return login_auth_proven(op, login);
}
