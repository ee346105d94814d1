/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The gate behind auth and account: permissions that the service, or its line in /etc/pam.d,
 * demands.
 */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/ops/permission.h"

static void note(struct op *op, const struct login *login, const char *permission,
                 const struct permission_answer *answer)
{
        const char *reason = permission_reason(answer->verdict);

        login_signal_refused(op, login, BO_ERR_NO_PERMISSION);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "permission-denied",
                                    .user = login->subject.account.name,
                                    .customer = answer->customer,
                                    .service = login->context.service,
                                    .rhost = login->context.rhost,
                                    .detail = reason},
                "%s may not use %s, which needs %s: %s.", login->subject.account.name,
                login->context.service, permission, reason);
}

/* He has proven who he is, so he may be told what he lacks, and what to do. */
static int refuse(struct login *login, const char *permission,
                  const struct permission_answer *answer)
{
        switch (answer->verdict) {
        case PERMISSION_NO_ROLE:
                return login_fail(login, BO_ERR_NO_PERMISSION,
                                  "This needs the permission %s; none of your roles at %s has it. "
                                  "Ask an administrator there.",
                                  permission, answer->customer);
        case PERMISSION_NOT_A_MEMBER:
                return login_fail(login, BO_ERR_NO_PERMISSION,
                                  "This needs the permission %s, and you act for no customer.",
                                  permission);
        case PERMISSION_LOCATION_NEEDED:
        case PERMISSION_WRONG_LOCATION:
                return login_fail(login, BO_ERR_NO_PERMISSION,
                                  "This needs the permission %s, which you have at other locations "
                                  "of %s.",
                                  permission, answer->customer);
        case PERMISSION_SECOND_FACTOR_OFF:
                return login_fail(login, BO_ERR_NO_PERMISSION,
                                  "The permission %s works only with the second factor on: boctl "
                                  "otp enable",
                                  permission);
        case PERMISSION_ADDRESS_NOT_APPROVED:
                return login_fail(login, BO_ERR_NO_PERMISSION,
                                  "The permission %s works only from an approved address.",
                                  permission);
        case PERMISSION_INACTIVE:
        case PERMISSION_GRANTED:
                break;
        }
        return login_fail(login, BO_ERR_NO_PERMISSION, "%s", bo_error_text(BO_ERR_NO_PERMISSION));
}

static int demand(struct op *op, struct tx *tx, const struct login *login,
                  const struct account *account, struct login_gate *gate, const char *permission)
{
        const struct login_context *context = &login->context;
        int r;

        if (gate->outcome != 0 || !permission || !permission[0])
                return 0;
        r = permission_decide(op, tx,
                              &(struct permission_query){
                                      .account = account,
                                      .permission = permission,
                                      .customer = "",
                                      .location = "",
                                      .service = context->service,
                                      .rhost = context->rhost,
                                      .tty = context->tty,
                                      .caller = context->caller,
                                      .remote = context->remote,
                              },
                              &gate->answer);
        if (r == 0 && gate->answer.verdict != PERMISSION_GRANTED) {
                gate->outcome = BO_ERR_NO_PERMISSION;
                gate->permission = permission;
        }
        return r;
}

int login_gate_decide(struct op *op, struct tx *tx, const struct login *login,
                      const struct account *account, struct login_gate *ret_gate)
{
        struct login_gate gate = {0};
        int r = login_address_decide(op, login, account, gate.customer);

        if (r < 0)
                return r;
        gate.outcome = r;
        r = demand(op, tx, login, account, &gate, login->context.permission);
        if (r == 0)
                r = demand(op, tx, login, account, &gate, login->service.permission);
        if (r == 0)
                *ret_gate = gate;
        return r;
}

int login_gate_refuse(struct login *login, const struct login_gate *gate)
{
        return gate->permission ? refuse(login, gate->permission, &gate->answer)
                                : login_refuse_address(login, gate->customer);
}

/* Would the application let him in? Who has to change his password first is let in after it. */
static bool passes(const struct login *login)
{
        if (login->context.phase != LOGIN_AUTH && login->context.phase != LOGIN_ACCOUNT)
                return false;
        return login->kind == LOGIN_DONE &&
               (login->outcome == 0 || login->outcome == BO_ERR_PASSWORD_EXPIRED);
}

static int look(struct op *op, const struct login *login, struct login_gate *ret_gate)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = account_by_uid(tx.store, login->subject.account.uid, &account);
        return r == 0 ? login_gate_decide(op, &tx, login, &account, ret_gate) : r;
}

int login_gate(struct op *op, struct login *login)
{
        const char *of_service = login->service.permission;
        bool demands = login->service.address_required || login->context.permission[0] ||
                       (of_service && of_service[0]);
        struct login_gate gate = {0};
        int r = passes(login) && demands ? look(op, login, &gate) : 0;

        if (r != 0 || gate.outcome == 0)
                return r;
        if (gate.permission)
                note(op, login, gate.permission, &gate.answer);
        else
                login_note_address(op, login, gate.customer);
        return login_gate_refuse(login, &gate);
}
