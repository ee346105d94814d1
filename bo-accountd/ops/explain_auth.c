/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The auth phase explained: source, lock, password or key, second factor. */
#include "bo-accountd/ops/explain_private.h"
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/source.h"
#include "common/clock.h"

#include <inttypes.h>

static int explain_source(struct op *op, struct explain *explain, struct login *login)
{
        static const char setting[] =
                "SourceAttempts=, SourceWindow=, SourceExempt= in accountd.conf";
        int r;

        login_source_find(op, login);
        r = source_look(op, &login->source);
        if (r > 0) {
                explain_add(explain, EXPLAIN_STOP, "source", "R38", setting,
                            "%s Nothing is asked. `boctl throttle clear SOURCE` forgets it.",
                            op->message);
                return login_fail(login, r, "%s", op->message);
        }
        if (r == 0 && login->source.n == 0)
                explain_add(explain, EXPLAIN_OK, "source", "R38", setting,
                            "Failures of %s are not counted.",
                            login->source.n_named > 0 ? login->source.text[0] : "this source");
        else if (r == 0)
                explain_add(explain, EXPLAIN_OK, "source", "R38", setting,
                            "%s may try: it has not failed too often of late.",
                            login->source.text[0]);
        return r;
}

/* Is somebody of that name there, who is nobody on this host? */
static void tell_nobody(struct op *op, struct explain *explain, const struct login *login)
{
        char folded[NAME_MAX_BYTES + 1];
        struct account account;
        bool elsewhere = name_fold(folded, login->context.user) == 0 &&
                         account_by_name(op->store, folded, &account) == 0;

        if (elsewhere)
                explain_add(explain, EXPLAIN_NOTE, "user", "", "Customer= in accountd.conf",
                            "%s is a user of bo, but nobody on this host: it is bound to the "
                            "customer %s.",
                            account.name, op->settings->customer);
        else
                explain_add(explain, EXPLAIN_NOTE, "user", "R61", "",
                            "bo knows no user of that name. It asks and refuses as for one whose "
                            "password was wrong; other modules may know him.");
}

static void tell_user(struct op *op, struct explain *explain, const struct login *login,
                      const struct account_state *state)
{
        const struct account *account = &login->subject.account;

        if (!login->subject.known)
                tell_nobody(op, explain, login);
        else
                explain_add(explain, EXPLAIN_NOTE, "user", "R1", "", "%s is %s, uid %u, status %s.",
                            account->name, account->is_api ? "a program" : "a person", account->uid,
                            status_name(state->status));
}

static int explain_locked(struct op *op, struct explain *explain, struct login *login,
                          uint64_t wait_usec)
{
        char wait[48];

        verify_wait_text(wait, sizeof(wait), wait_usec);
        explain_add(explain, EXPLAIN_STOP, "lock", "R38",
                    "LockoutAttempts=, LockoutDuration= in accountd.conf",
                    "Locked %s after too many failures, whatever is typed. It opens by itself; "
                    "`boctl user reset NAME` opens it earlier.",
                    wait);
        return login_fail_locked(op, login, wait_usec);
}

/* What a right password would come to but for the status, as judge() of the verdict has it. */
static int explain_password(struct explain *explain, const struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];

        explain_setting(setting, login, "Class=");
        if (!login->subject.known)
                return BO_ERR_WRONG_CREDENTIALS;
        if (!subject_testable(&login->subject)) {
                explain_add(explain, EXPLAIN_STOP, "password", "R24", "",
                            "He has no password yet: the token of his link opens this prompt. "
                            "`boctl user resend NAME` makes another.");
                return BO_ERR_WRONG_CREDENTIALS;
        }
        if (!login_admits_password(login)) {
                explain_add(explain, EXPLAIN_STOP, "password", "R8", setting,
                            login->subject.account.is_api
                                    ? "A program may not come in here, its right password is "
                                      "answered like a wrong one."
                                    : "A person comes in here with an API key alone, a right "
                                      "password is answered like a wrong one.");
                return BO_ERR_WRONG_CREDENTIALS;
        }
        explain_add(explain, EXPLAIN_ASK, "password", "R57", "", "The password is asked for.");
        return 0;
}

static void tell_factor(struct explain *explain, const struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];

        explain_setting(setting, login, "Otp=");
        switch (login->factor) {
        case SERVICE_FACTOR_NONE:
                explain_add(explain, EXPLAIN_OK, "factor", "R54", setting,
                            "No one-time code is asked for: %s.",
                            login->subject.account.otp_on ? "not at this service"
                                                          : "the second factor is not set up, "
                                                            "nor demanded here or by a role");
                break;
        case SERVICE_FACTOR_ASK:
                explain_add(explain, EXPLAIN_ASK, "factor", "R57", setting,
                            "A one-time code is asked for, at a prompt of its own.");
                break;
        case SERVICE_FACTOR_APPENDED:
                explain_add(explain, EXPLAIN_ASK, "factor", "R57", setting,
                            "A one-time code is expected behind the password, in one answer.");
                break;
        case SERVICE_FACTOR_SET_UP:
                explain_add(explain, EXPLAIN_ASK, "factor", "R54", setting,
                            "The second factor is demanded, by Otp=require or SecondFactor=yes of "
                            "a role in roles.conf, and not set up: he sets it up at the prompt.");
                break;
        }
}

/* A locked factor is told of whatever the password was. */
static int explain_code(struct op *op, struct explain *explain, struct login *login, struct tx *tx,
                        int *outcome)
{
        bool asked =
                login->factor == SERVICE_FACTOR_ASK || login->factor == SERVICE_FACTOR_APPENDED;
        bool sets_up = login->factor == SERVICE_FACTOR_SET_UP && *outcome == 0;
        int r = 0;

        if (!login->subject.known)
                return 0;
        if (*outcome == 0)
                tell_factor(explain, login);
        if (asked || sets_up)
                r = verify_code_wait(op, tx, login->subject.account.uid, &login->code_wait_usec);
        if (r != 0 || login->code_wait_usec == 0)
                return r;
        explain_add(explain, EXPLAIN_STOP, "lock", "R38", "LockoutAttempts= in accountd.conf",
                    "The second factor is locked after too many wrong codes. It opens by itself.");
        *outcome = BO_ERR_LOCKED_ATTEMPTS;
        return 0;
}

void explain_bar(const struct op *op, struct explain *explain, const struct login *login,
                 int outcome)
{
        const struct account *account = &login->subject.account;

        switch (outcome) {
        case 0:
                explain_add(explain, EXPLAIN_OK, "status", "R18", "",
                            "Neither deactivated nor idle.");
                break;
        case BO_ERR_DEACTIVATED:
                explain_add(explain, EXPLAIN_STOP, "status", "R17", "",
                            "Deactivated %s. `boctl user enable NAME` is the remedy.",
                            account->deactivated_usec != 0 ? "everywhere, by the operator"
                                                           : "at every customer of his");
                break;
        case BO_ERR_NOT_ACTIVATED:
                explain_add(explain, EXPLAIN_STOP, "status", "R24",
                            "ActivationLifetime= in accountd.conf",
                            "Not activated: the token of his link is typed at the password "
                            "prompt. `boctl user resend NAME` makes another.");
                break;
        case BO_ERR_LOCKED_INACTIVITY:
                explain_add(explain, EXPLAIN_STOP, "status", "R40",
                            "InactivityMax= in accountd.conf",
                            "Not used for %" PRIu64 " days. A reset link from an administrator "
                            "opens it: `boctl user reset NAME`.",
                            op->settings->inactivity_max_usec / USEC_PER_DAY);
                break;
        default:
                explain_add(explain, EXPLAIN_STOP, "status", "R18", "", "%s",
                            bo_error_text(outcome));
                break;
        }
}

static int by_password(struct op *op, struct explain *explain, struct login *login, struct tx *tx,
                       const struct account_state *state)
{
        const struct lockout_rule *rule = &op->settings->lockout;
        struct lockout_state *lock = &login->subject.lock;
        int outcome, r = lockout_load(op->store, login->subject.key, lock);

        if (r != 0)
                return r;
        explain_add(explain, EXPLAIN_OK, "lock", "R38",
                    "LockoutAttempts=, LockoutDuration= in accountd.conf",
                    "Not locked: %u failures of %u are counted.",
                    lock->failures < rule->max_failures ? lock->failures : 0, rule->max_failures);
        /* As the login charges before it tests: what is refused may be the last failure. */
        *lock = lockout_charge(rule, lock, tx->now_usec);
        outcome = explain_password(explain, login);
        r = explain_code(op, explain, login, tx, &outcome);
        if (r != 0)
                return r;
        if (outcome == 0) {
                outcome = login_bar(state);
                explain_bar(op, explain, login, outcome);
        }
        if (outcome == BO_ERR_WRONG_CREDENTIALS && subject_locked_now(op, &login->subject))
                outcome = BO_ERR_LOCKED_ATTEMPTS;
        if (outcome != 0)
                return login_auth_failed(op, login, outcome);
        login->proof =
                login_proof_by(&login->subject.account,
                               login->factor == SERVICE_FACTOR_NONE ? "password" : "password+otp");
        return login_end(login, 0);
}

static int by_key(struct op *op, struct explain *explain, struct login *login,
                  const struct account_state *state)
{
        struct api_key_row key = {0};
        int r = login->subject.known ? api_key_of_user(op->store, login->subject.account.uid, &key)
                                     : BO_ERR_NO_SUCH_KEY;
        int outcome =
                r == 0 && login_admits_key(login, &key) ? key_bar(state) : BO_ERR_WRONG_CREDENTIALS;

        if (r < 0)
                return r;
        login->long_answer = true; /* as keys are */
        if (login->subject.known && r > 0)
                explain_add(explain, EXPLAIN_STOP, "key", "R72", "",
                            "He has no API key. `boctl key create` makes one.");
        else if (r == 0)
                explain_add(explain, EXPLAIN_ASK, "key", "R76", "",
                            "His API key bo_%s_... is asked for.", key.prefix);
        if (r == 0)
                explain_bar(op, explain, login, outcome);
        if (outcome != 0)
                return login_auth_failed(op, login, outcome);
        login->proof = login_proof_by_key(login);
        return login_end(login, 0);
}

static int look(struct op *op, struct login *login, struct tx *tx, struct login_auth *ret_auth,
                struct account_state *ret_state)
{
        int r = op_begin_read(op, tx);

        if (r == 0)
                r = login_auth_look(op, login, tx, ret_auth);
        return r == 0 && login->subject.known
                       ? account_state(op, tx, &login->subject.account, ret_state)
                       : r;
}

static int explain_answers(struct op *op, struct explain *explain, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account_state state = {0};
        struct login_auth auth;
        int r = look(op, login, &tx, &auth, &state);

        if (r != 0)
                return r;
        if (auth.himself) {
                explain_add(explain, EXPLAIN_OK, "password", "R50", "",
                            "He becomes himself: nothing is asked.");
                return login_end(login, 0);
        }
        r = explain_source(op, explain, login);
        if (r != 0 || login->outcome != 0)
                return r;
        tell_user(op, explain, login, &state);
        if (auth.wait_usec > 0)
                return explain_locked(op, explain, login, auth.wait_usec);
        return explain->by_key ? by_key(op, explain, login, &state)
                               : by_password(op, explain, login, &tx, &state);
}

int explain_auth(struct op *op, struct explain *explain, struct login *login)
{
        int r = explain_answers(op, explain, login);

        /* What follows is asked of him with the factor on. */
        if (login->factor == SERVICE_FACTOR_SET_UP)
                login->subject.account.otp_on = true;
        return r == 0 && login->outcome == 0 ? explain_gate(op, explain, login) : r;
}
