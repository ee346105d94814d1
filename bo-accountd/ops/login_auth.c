/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The auth phase: asks for password and one-time code; then what a person must be told. */
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

static int answer_code(struct op *op, struct login *login, const struct secret *answer)
{
        if (login_mistyped_code(op, login, answer))
                return 0;
        return login_verdict(op, login, login->password, answer);
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
        return login_verdict(op, login, login->password, code);
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
        return login_verdict(op, login, login->password, NULL);
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

int login_auth_look(struct op *op, struct login *login, struct tx *tx, struct login_auth *ret_auth)
{
        int r = subject_find(op, login->context.user, &login->subject);

        *ret_auth = (struct login_auth){0};
        if (r == 0)
                r = login_becomes_himself(op, login, tx, &ret_auth->himself);
        if (r != 0 || ret_auth->himself)
                return r;
        r = subject_wait_usec(op, tx, &login->subject, &ret_auth->wait_usec);
        if (r == 0)
                r = name_wait(op, tx, login);
        return r == 0 ? login_factor(op, login, &login->factor) : r;
}

int login_auth(struct op *op, struct login *login)
{
        struct login_auth auth;
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = login_auth_look(op, login, &tx, &auth);
        if (r != 0)
                return r;
        if (auth.himself)
                return login_end(login, 0); /* nothing was proven, so nothing is carried on */
        return ask_password(login, login->name_wait_usec > auth.wait_usec ? login->name_wait_usec
                                                                          : auth.wait_usec);
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
