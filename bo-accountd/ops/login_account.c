/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account phase: status, service and factor, also for those who came without a password (SSH
 * keys). */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/place.h"
#include "bo-accountd/policy/password_age.h"

#include <string.h>

/*
 * A batch service runs a user's jobs without him: there a lock that any stranger can cause, or a
 * password that nobody is there to change, does not stop them; deactivation and idleness do. Who
 * comes to an api service has not used a password that expires.
 */
static int status_outcome(const struct login *login, const struct account_state *state)
{
        bool locks = login->service.class != SERVICE_BATCH;
        bool expires = login->service.class == SERVICE_INTERACTIVE;

        switch (state->status) {
        case STATUS_DEACTIVATED:
                return BO_ERR_DEACTIVATED;
        case STATUS_ACTIVATION_SENT:
                return BO_ERR_NOT_ACTIVATED;
        case STATUS_LOCKED_INACTIVITY:
                return BO_ERR_LOCKED_INACTIVITY;
        case STATUS_LOCKED_ATTEMPTS:
                return locks ? BO_ERR_LOCKED_ATTEMPTS : 0;
        case STATUS_PASSWORD_EXPIRED:
                return expires ? BO_ERR_PASSWORD_EXPIRED : 0;
        case STATUS_ACTIVE:
                return 0;
        }
        return BO_ERR_NOT_ALLOWED;
}

/* What was shown in the auth phase of this very login. */
static enum service_credential credential(const struct login *login)
{
        if (login->proof.uid != login->subject.account.uid)
                return SERVICE_CREDENTIAL_NONE;
        return login->proof.by_key ? SERVICE_CREDENTIAL_KEY : SERVICE_CREDENTIAL_PASSWORD;
}

/* Who came over the network where the service or a role of his demands the factor must have shown
 * it on the way in. */
static int factor_missing(struct op *op, const struct login *login, bool *ret_missing)
{
        int r = login_demands_factor(op, login, ret_missing);

        *ret_missing = *ret_missing && login->context.remote &&
                       !(login->proof.uid == login->subject.account.uid && login->proof.otp);
        return r;
}

/* Whoever is in already is where his session began: who runs su, if the module told that, whomever
 * he becomes. 0: he comes in here. */
static uint32_t in_already(const struct login *login)
{
        const struct login_context *context = &login->context;

        if (login->service.offer || context->remote)
                return 0;
        return context->caller != 0 ? context->caller : login->subject.account.uid;
}

struct place_query login_place(const struct login *login, const char *customer)
{
        return (struct place_query){
                .customer = customer,
                .rhost = login->context.rhost,
                .remote = login->context.remote,
                .tty = login->context.tty,
                .service = login->context.service,
                .in_already_uid = in_already(login),
        };
}

int login_place_outcome(struct op *op, const struct login *login)
{
        uint32_t uid = login->subject.account.uid;
        _cleanup_(freep) struct member_location *rows = NULL;
        size_t n = 0;
        int r = login->service.class == SERVICE_BATCH ? 0
                                                      : member_locations(op->store, uid, &rows, &n);

        for (size_t i = 0; r == 0 && i < n; i++) {
                const struct place_query query = login_place(login, rows[i].customer);

                if (i == 0 || strcmp(rows[i].customer, rows[i - 1].customer) != 0)
                        r = place_admits(op, uid, &query);
        }
        return r;
}

/* R3: those who were not offered the change at the prompt read it here. */
static int warn(struct login *login, const struct op *op, const struct account_state *state,
                uint64_t now_usec)
{
        const struct password_age_rule *rule = &op->settings->password_age;
        uint32_t days = password_age_days_left(state->password_expires_usec, now_usec);

        if (login->context.silent || login->proof.offered || !login->service.offer ||
            login->service.class != SERVICE_INTERACTIVE || state->password_expires_usec == 0 ||
            state->password_expires_usec > now_usec + rule->warn_usec)
                return login_end(login, 0);
        return login_tell(login, LOGIN_INFO, login_end_well,
                          "Your password expires in %u day%s. Change it with `passwd`.", days,
                          days == 1 ? "" : "s");
}

int login_account_decide(struct op *op, const struct login *login,
                         const struct account_state *state, struct login_account *ret_account)
{
        struct login_account account = {.outcome = status_outcome(login, state)};
        bool missing = true;
        int r = factor_missing(op, login, &missing);

        if (r == 0 && (account.outcome == 0 || account.outcome == BO_ERR_PASSWORD_EXPIRED)) {
                if (!service_admits(login->service.class, login->subject.account.is_api,
                                    credential(login)))
                        account = (struct login_account){LOGIN_BY_SERVICE, BO_ERR_WRONG_SERVICE};
                else if (missing)
                        account = (struct login_account){LOGIN_BY_FACTOR, BO_ERR_WRONG_SERVICE};
                else if ((r = login_place_outcome(op, login)) > 0)
                        account = (struct login_account){LOGIN_BY_PLACE, r};
        }
        if (r < 0)
                return r;
        *ret_account = account;
        return 0;
}

int login_account_refuse(struct login *login, const struct login_account *account)
{
        /* Not a failure, and the application has its own words for it. */
        if (account->outcome == BO_ERR_PASSWORD_EXPIRED)
                return login_end(login, account->outcome);
        if (account->by == LOGIN_BY_FACTOR)
                return login_fail(login, account->outcome,
                                  "The second factor is required here: log in with the "
                                  "password and a one-time code (ssh -o "
                                  "PreferredAuthentications=keyboard-interactive).");
        return login_fail(login, account->outcome, "%s", bo_error_text(account->outcome));
}

static void tell(struct op *op, const struct login *login, const struct login_account *account)
{
        if (account->by == LOGIN_BY_PLACE)
                login_note_misplaced(op, login);
        else if (account->outcome != BO_ERR_PASSWORD_EXPIRED)
                login_tell_refused(op, login, account->outcome);
}

int login_account(struct op *op, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct login_account account;
        struct account_state state;
        int r = login_find(op, login, &tx, &state);

        if (r == BO_ERR_NO_SUCH_USER)
                return login_end(login, r);
        if (r == 0)
                r = login_account_decide(op, login, &state, &account);
        if (r != 0)
                return r;
        if (account.outcome == 0)
                return warn(login, op, &state, tx.now_usec);
        tell(op, login, &account);
        return login_account_refuse(login, &account);
}
