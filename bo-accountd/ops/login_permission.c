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

static int decide(struct op *op, struct login *login, const char *permission,
                  struct permission_answer *ret_answer)
{
        const struct login_context *context = &login->context;
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = account_by_uid(tx.store, login->subject.account.uid, &account);
        if (r != 0)
                return r;
        return permission_decide(op, &tx,
                                 &(struct permission_query){
                                         .account = &account,
                                         .permission = permission,
                                         .customer = "",
                                         .location = "",
                                         .service = context->service,
                                         .rhost = context->rhost,
                                         .tty = context->tty,
                                         .caller = context->caller,
                                         .remote = context->remote,
                                 },
                                 ret_answer);
}

/* 0, whether it passes or was refused. */
static int demand(struct op *op, struct login *login, const char *permission)
{
        struct permission_answer answer;
        int r = decide(op, login, permission, &answer);

        if (r != 0 || answer.verdict == PERMISSION_GRANTED)
                return r;
        note(op, login, permission, &answer);
        return refuse(login, permission, &answer);
}

/* Would the application let him in? Who has to change his password first is let in after it. */
static bool passes(const struct login *login)
{
        if (login->context.phase != LOGIN_AUTH && login->context.phase != LOGIN_ACCOUNT)
                return false;
        return login->kind == LOGIN_DONE &&
               (login->outcome == 0 || login->outcome == BO_ERR_PASSWORD_EXPIRED);
}

int login_gate(struct op *op, struct login *login)
{
        const char *of_service = login->service.permission;
        int r = passes(login) ? login_demand_address(op, login) : 0;

        if (r == 0 && passes(login) && login->context.permission[0])
                r = demand(op, login, login->context.permission);
        if (r == 0 && passes(login) && of_service && of_service[0])
                r = demand(op, login, of_service);
        return r;
}
