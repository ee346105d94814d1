/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The auth phase: password, one-time code, one verdict; then what a person must be told. */
#include "bo-accountd/factor/token.h"
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/policy/password_age.h"

#include <errno.h>

/*
 * sshd gives this instead of what was typed when it will refuse the login anyway (a name that NSS
 * does not know, AllowUsers): the same bytes again and again up to the length of the answer.
 */
static bool is_sshd_dummy(const struct secret *answer)
{
        static const char junk[] = "\b\n\r\177INCORRECT";

        if (answer->size == 0)
                return false;
        for (size_t i = 0; i < answer->size; i++)
                if (answer->bytes[i] != junk[i % (sizeof(junk) - 1)])
                        return false;
        return true;
}

int login_fail_locked(struct op *op, struct login *login, uint64_t wait_usec)
{
        char wait[48];

        if (login->code_wait_usec > 0) {
                verify_wait_text(wait, sizeof(wait), login->code_wait_usec);
                return login_fail(login, BO_ERR_LOCKED_ATTEMPTS,
                                  "Too many wrong codes: the second factor is locked %s. It opens "
                                  "by itself.",
                                  wait);
        }
        if (wait_usec == 0)
                wait_usec = op->settings->lockout.lock_usec;
        verify_wait_text(wait, sizeof(wait), wait_usec);
        return login_fail(login, BO_ERR_LOCKED_ATTEMPTS,
                          "Too many failed attempts: this login is locked %s. It opens by itself; "
                          "a reset link opens it earlier.",
                          wait);
}

/* By the length alone, which is all that sshd passes on of what was typed for an unknown name. */
static int fail_wrong(struct login *login)
{
        int outcome = login->subject.known ? BO_ERR_WRONG_CREDENTIALS : BO_ERR_NO_SUCH_USER;

        if (!login->long_answer)
                return login_end(login, outcome);
        return login_fail(
                login, outcome,
                "This is not right. If it is a token, look for a typing error; a token is "
                "good once, and not for ever.");
}

int login_auth_failed(struct op *op, struct login *login, int outcome)
{
        if (outcome == BO_ERR_LOCKED_ATTEMPTS)
                return login_fail_locked(op, login, 0);
        if (outcome == BO_ERR_WRONG_CREDENTIALS && login->name_wait_usec > 0)
                return login_fail_locked(op, login, login->name_wait_usec);
        if (outcome == BO_ERR_WRONG_CREDENTIALS)
                return fail_wrong(login);
        return login_fail(login, outcome, "%s", bo_error_text(outcome));
}

/* R34: may this kind of user use this service at all? Answered as if the password were wrong (R8).
 */
static bool admitted(const struct login *login)
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
        if (*outcome == 0 && (!same || !admitted(login) || !same_factor))
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

        if (!password_needs_rehash(old, &op->settings->cost))
                return 0;
        r = password_hash(fresh, password, op->keys, &op->settings->cost);
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = account_rehash(&tx, login->subject.account.uid, old, fresh);
        return r == 0 ? tx_commit(&tx) : r;
}

/* Two transactions: the charge before the hash, the verdict after it. */
static int test(struct op *op, struct login *login, const struct secret *password,
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

static int answer_code(struct op *op, struct login *login, const struct secret *answer)
{
        if (login_mistyped_code(op, login, answer))
                return 0;
        return test(op, login, login->password, answer);
}

/* `append`: the last digits of the one answer are the code, or a recovery code with its dashes. */
static int test_appended(struct op *op, struct login *login, const struct secret *answer)
{
        size_t recovery_size = recovery_tail(answer->bytes, answer->size);
        size_t digits = answer->size < TOTP_DIGITS ? answer->size : TOTP_DIGITS;
        size_t code_size = recovery_size > 0 ? recovery_size : digits;
        size_t head_size = answer->size - code_size;
        _cleanup_(secret_freep) struct secret *code =
                secret_copy(answer->bytes + head_size, code_size);

        login->password = secret_free(login->password);
        login->password = secret_copy(answer->bytes, head_size);
        if (!code || !login->password)
                return -ENOMEM;
        return test(op, login, login->password, code);
}

static int answer_password(struct op *op, struct login *login, const struct secret *answer)
{
        /* A slip in a token is told to nobody alone: an unknown name could not be told of it. */
        if (is_sshd_dummy(answer) || login_is_mistyped_token(op, answer)) {
                subject_disown(op, login->context.user, &login->subject);
                login->dummy = true; /* neither logged nor counted against a user */
        }
        login->long_answer = answer->size >= TOKEN_CHARACTERS;
        if (login_takes_key(login, answer->size))
                return login_key(op, login, answer);
        if (login_is_forgot(login, answer))
                return login_forgot(op, login, answer);

        bool token = login->by_invitation || login->by_approval;
        int r = token ? BO_ERR_WRONG_CREDENTIALS : login_token(op, login, answer);

        if (r != BO_ERR_WRONG_CREDENTIALS)
                return r;
        if (login->factor == SERVICE_FACTOR_APPENDED)
                return test_appended(op, login, answer);

        login->password = secret_free(login->password);
        login->password = secret_copy(answer->bytes, answer->size);
        if (!login->password)
                return -ENOMEM;
        /* Nothing is tested before both are there: who cannot be asked for the code burns no
         * attempt. */
        if (login->factor == SERVICE_FACTOR_ASK)
                return login_ask(login, LOGIN_VISIBLE, answer_code, true, "One-time code: ");
        return test(op, login, login->password, NULL);
}

/*
 * sshd's dummy locks the bare name alone. For a user the lock of his name is shown like that of an
 * unknown one, so that nobody tells them apart by typing the dummy; it does not keep him out.
 */
static int name_wait(struct op *op, struct tx *tx, struct login *login)
{
        struct subject name;

        if (!login->subject.known)
                return 0;
        subject_disown(op, login->subject.account.name, &name);
        return subject_wait_usec(op, tx, &name, &login->name_wait_usec);
}

static int ask_password(struct login *login, uint64_t wait_usec)
{
        bool hashes = login->factor != SERVICE_FACTOR_ASK;
        char wait[48];

        if (wait_usec == 0) {
                login_ask(login, LOGIN_SECRET, answer_password, hashes, "Password: ");
        } else {
                verify_wait_text(wait, sizeof(wait), wait_usec);
                login_ask(login, LOGIN_SECRET, answer_password, hashes,
                          "Too many failed attempts: this login is locked %s.\nPassword: ", wait);
        }
        login->takes_key = login->service.class == SERVICE_API;
        return 0;
}

int login_auth(struct op *op, struct login *login)
{
        uint64_t wait_usec = 0;
        bool himself = false;
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = subject_find(op, login->context.user, &login->subject);
        if (r == 0)
                r = login_becomes_himself(op, login, &tx, &himself);
        if (r == 0 && himself)
                return login_end(login, 0); /* nothing was proven, so nothing is carried on */
        if (r == 0)
                r = subject_wait_usec(op, &tx, &login->subject, &wait_usec);
        if (r == 0)
                r = name_wait(op, &tx, login);
        if (r == 0)
                r = login_factor(op, login, &login->factor);
        if (r != 0)
                return r;
        if (login->name_wait_usec > wait_usec)
                wait_usec = login->name_wait_usec;
        return ask_password(login, wait_usec);
}

static int answer_offer(struct op *op, struct login *login, const struct secret *answer)
{
        (void)op; /* the signature of an answer */
        if (answer->size == 0 || (answer->bytes[0] != 'y' && answer->bytes[0] != 'Y'))
                return login_end(login, 0);
        login->store = login_store_password;
        login->voluntary = true;
        login->tries = 0;
        return login_new_password(login, NULL);
}

/* R3: told at login, and changed there and then if he wants. */
int login_offer_change(struct op *op, struct login *login)
{
        const struct account *account = &login->subject.account;
        const struct password_age_facts age = {
                .changed_usec = account->password_changed_usec,
                .must_change = account->must_change,
                .is_api = account->is_api,
        };
        const struct password_age_rule *rule = &op->settings->password_age;
        uint32_t days;

        if (!login->service.offer || login->service.class != SERVICE_INTERACTIVE ||
            password_age_verdict(rule, &age, op->clock_usec) != PASSWORD_AGE_WARN)
                return login_end(login, 0);

        days = password_age_days_left(password_age_expires_usec(rule, &age), op->clock_usec);
        login->proof.offered = true;
        login_ask(login, LOGIN_VISIBLE, answer_offer, false,
                  "Your password expires in %u day%s. Change it now? [y/N] ", days,
                  days == 1 ? "" : "s");
        login->offer = true;
        return 0;
}

int login_auth_proven(struct op *op, struct login *login)
{
        if (login->factor == SERVICE_FACTOR_SET_UP)
                return login_set_up_otp(op, login);
        return login->by_approval ? login_approval(op, login) : login_invitations(op, login);
}
