/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Account and session explained: status, service, factor, location; address and permission. */
#include "bo-accountd/ops/explain_private.h"
#include "bo-accountd/policy/password_age.h"
#include "common/clock.h"

#include <inttypes.h>

static void tell_status(struct op *op, struct explain *explain, const struct login *login,
                        const struct account_state *state, int outcome)
{
        uint32_t days;

        if (outcome != 0 && outcome != BO_ERR_PASSWORD_EXPIRED &&
            outcome != BO_ERR_LOCKED_ATTEMPTS) {
                explain_bar(op, explain, login, outcome);
                return;
        }
        if (outcome == BO_ERR_LOCKED_ATTEMPTS) {
                explain_add(explain, EXPLAIN_STOP, "lock", "R38",
                            "LockoutAttempts=, LockoutDuration= in accountd.conf",
                            "Locked after too many failures, for who shows no password as well. "
                            "It opens by itself.");
                return;
        }
        if (outcome == BO_ERR_PASSWORD_EXPIRED)
                return; /* told behind the gate, which stands before the change */
        if (login->service.class != SERVICE_INTERACTIVE || state->password_expires_usec == 0)
                return;
        days = password_age_days_left(state->password_expires_usec, op->clock_usec);
        explain_add(explain, EXPLAIN_OK, "expiry", "R3",
                    "PasswordMaxAge=, PasswordWarn= in accountd.conf",
                    "The password expires in %u day%s.", days, days == 1 ? "" : "s");
}

static int place_here(struct op *op, const struct login *login, const char *customer,
                      char location[LOCATION_ID_SIZE])
{
        const struct place_query query = login_place(login, customer);

        return place_find(op, &query, location);
}

static int tell_place(struct op *op, struct explain *explain, const struct login *login, bool stops)
{
        static const char setting[] = "Terminal= in accountd.conf; `boctl location show ID`";
        enum explain_result result = stops ? EXPLAIN_STOP : EXPLAIN_OK;
        _cleanup_(freep) struct member_location *rows = NULL;
        char here[LOCATION_ID_SIZE] = "", list[256] = "";
        size_t n = 0, used = 0;
        int r = member_locations(op->store, login->subject.account.uid, &rows, &n);

        if (r == 0 && n > 0)
                r = place_here(op, login, rows[0].customer, here);
        for (size_t i = 0; r == 0 && i < n && used < sizeof(list); i++)
                used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
                                         rows[i].location);
        if (r != 0)
                return r;
        if (n == 0)
                explain_add(explain, result, "location", "R30", "",
                            "He is restricted to no location.");
        else if (login->service.class == SERVICE_BATCH)
                explain_add(explain, result, "location", "R34", "",
                            "He is restricted to locations; jobs have none.");
        else
                explain_add(explain, result, "location", "R26", setting,
                            "He is restricted to %s of %s; this is %s%s.", list, rows[0].customer,
                            here[0] ? "" : "at no location that is known", here);
        return 0;
}

static void tell_kind(struct explain *explain, const struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];

        explain_setting(setting, login, "Class=");
        explain_add(explain, EXPLAIN_STOP, "service", "R8", setting,
                    "%s may not come in here by %s.",
                    login->subject.account.is_api ? "A program" : "A person",
                    login->proof.uid == 0 ? "what bo was shown: nothing (an SSH key)"
                    : login->proof.by_key ? "an API key"
                                          : "a password");
}

static void tell_missing(struct explain *explain, const struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];

        explain_setting(setting, login, "Otp=");
        explain_add(explain, EXPLAIN_STOP, "factor", "R54", setting,
                    "Otp=require, or SecondFactor=yes of a role of his in roles.conf, demands a "
                    "one-time code; who comes by an SSH key is asked for none. For both: "
                    "AuthenticationMethods publickey,keyboard-interactive in sshd_config.");
}

static int tell(struct op *op, struct explain *explain, const struct login *login,
                const struct account_state *state, const struct login_account *account)
{
        switch (account->by) {
        case LOGIN_BY_STATUS:
                tell_status(op, explain, login, state, account->outcome);
                return account->outcome == 0 ? tell_place(op, explain, login, false) : 0;
        case LOGIN_BY_SERVICE:
                tell_kind(explain, login);
                return 0;
        case LOGIN_BY_FACTOR:
                tell_missing(explain, login);
                return 0;
        case LOGIN_BY_PLACE:
                return tell_place(op, explain, login, true);
        }
        return 0;
}

int explain_gate(struct op *op, struct explain *explain, struct login *login)
{
        char setting[EXPLAIN_SETTING_SIZE];
        const char *of_service = login->service.permission;
        _cleanup_(tx_end) struct tx tx = {0};
        struct login_gate gate = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = login_gate_decide(op, &tx, login, &login->subject.account, &gate);
        if (r != 0)
                return r;
        if (gate.outcome == 0) {
                if (login->context.phase == LOGIN_ACCOUNT &&
                    (login->service.address_required || login->context.permission[0] ||
                     (of_service && of_service[0])))
                        explain_add(explain, EXPLAIN_OK, "permission", "R9", "",
                                    "Address and permission that are demanded here are his.");
                return 0;
        }
        explain_setting(setting, login, gate.permission ? "Permission=" : "AddressRequired=");
        if (!gate.permission)
                explain_add(explain, EXPLAIN_STOP, "address", "R70", setting,
                            "%s is no approved address of %s. `boctl approval list` shows them.",
                            login->context.rhost[0] ? login->context.rhost : "What is not known",
                            gate.customer[0] ? gate.customer : "a customer of his");
        else
                explain_add(explain, EXPLAIN_STOP, "permission", "R9",
                            gate.permission == login->context.permission
                                    ? "permission= in the line of pam_bo.so in /etc/pam.d"
                                    : setting,
                            "%s is needed and denied: %s%s%s. `boctl roles` shows which role has "
                            "it.",
                            gate.permission, permission_reason(gate.answer.verdict),
                            gate.answer.customer[0] ? " at " : "", gate.answer.customer);
        return login_gate_refuse(login, &gate);
}

int explain_account(struct op *op, struct explain *explain, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct login_account account;
        struct account_state state;
        int r = login_find(op, login, &tx, &state);

        if (r == BO_ERR_NO_SUCH_USER) {
                explain_add(explain, EXPLAIN_STOP, "user", "R61", "",
                            "bo knows no user of that name on this host.");
                return login_end(login, r);
        }
        if (r == 0)
                r = login_account_decide(op, login, &state, &account);
        if (r == 0)
                r = tell(op, explain, login, &state, &account);
        if (r != 0)
                return r;
        tx_end(&tx);
        /* As after the set-up of the factor, which the one who has shown it has behind him. */
        login->subject.account.otp_on |= login->proof.otp;
        r = account.outcome == 0 ? login_end(login, 0) : login_account_refuse(login, &account);
        /* Who has to change his password first is let in after it: the gate is for him too. */
        if (r == 0 && (account.outcome == 0 || account.outcome == BO_ERR_PASSWORD_EXPIRED))
                r = explain_gate(op, explain, login);
        if (r == 0 && login->outcome == BO_ERR_PASSWORD_EXPIRED)
                explain_add(explain, EXPLAIN_STOP, "expiry", "R2",
                            "PasswordMaxAge= in accountd.conf",
                            "The password has expired: he is let in when he has changed it, if "
                            "the program can ask him to.");
        return r;
}

int explain_session(struct op *op, struct explain *explain, struct login *login)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account_state state;
        int r = login_find(op, login, &tx, &state);

        login->subject.account.otp_on |= login->proof.otp;
        if (r == 0)
                r = login_session_decide(op, &tx, login);
        if (r < 0)
                return r;
        if (r > 0) {
                explain_add(explain, EXPLAIN_STOP, "session", "R17", "", "%s",
                            op->message[0] ? op->message : bo_error_text(r));
                return login_fail(login, r, "%s", op->message[0] ? op->message : bo_error_text(r));
        }
        explain_add(explain, EXPLAIN_OK, "session", "R50", "", "A session opens.");
        return login_end(login, 0);
}
