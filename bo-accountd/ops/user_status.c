/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Enables and disables users, whole or at one customer; they are never deleted (R13, R17). */
#include "bo-accountd/ops/member.h"
#include "bo-accountd/ops/ops.h"

#include <string.h>

/* What is changed: the identity, or the membership of @customer. */
struct change {
        const struct user_status *call;
        bool enable;
        const char *customer; /* NULL: the identity */
        struct account account;
        struct membership member;
        struct account_state before, after;
};

static int record(struct op *op, struct tx *tx, const struct change *change)
{
        const char *reason = change->call->reason;
        char detail[ACCOUNT_TEXT_SIZE + 16];
        const struct audit_entry entry = {
                .event = change->enable ? "user-enabled" : "user-disabled",
                .actor_uid = op->actor_uid,
                .subject_uid = change->account.uid,
                .customer = change->customer,
                .detail = reason ? detail : NULL,
        };

        snprintf(detail, sizeof(detail), "reason=%s", reason ? reason : "");
        return audit_append(tx, &entry);
}

static int state(struct op *op, struct tx *tx, struct change *change,
                 struct account_state *ret_state)
{
        int r = account_by_uid(op->store, change->call->uid, &change->account);

        if (r == 0)
                r = account_state(op, tx, &change->account, ret_state);
        if (r == 0 && change->customer)
                r = membership_find(op, change->account.uid, change->customer, &change->member);
        if (r == 0 && change->customer)
                account_state_at(ret_state, &change->account, change->member.disabled);
        return r;
}

static int refuse_done_already(struct op *op, const struct change *change)
{
        const char *at = change->customer ? " at " : "";

        if (change->enable && !change->customer && change->account.shut_out)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "%s was disabled by every customer of his: name one with Customer "
                                 "(--customer).",
                                 change->account.name);
        return op_refuse(op, BO_ERR_WRONG_STATE, "%s is %s already%s%s.", change->account.name,
                         change->enable ? "enabled" : "disabled", at,
                         change->customer ? change->customer : "");
}

static int check(struct op *op, const struct change *change)
{
        bool disabled =
                change->customer ? change->member.disabled : change->account.deactivated_usec != 0;

        if (change->enable != disabled)
                return refuse_done_already(op, change);
        if (change->enable && change->member.disabled_by_operator && !actor_is_operator(op))
                return op_refuse(op, BO_ERR_NOT_ALLOWED,
                                 "The operator disabled %s there; an operator enables him.",
                                 change->account.name);
        return 0;
}

static int set(struct op *op, struct tx *tx, const struct change *change)
{
        const char *reason = change->call->reason ? change->call->reason : "";
        bool by_operator = actor_is_operator(op);
        uint32_t uid = change->account.uid;
        int r;

        if (change->customer)
                r = change->enable ? member_enable(tx, uid, change->customer)
                                   : member_disable(tx, uid, change->customer, reason, by_operator);
        else
                r = change->enable ? account_enable(tx, uid)
                                   : account_deactivate(tx, uid, reason, by_operator);
        if (r == 0 && change->enable)
                return session_may_end_softly(tx, uid);
        if (r != 0)
                return r;
        /* Also at one customer: what runs may act for that one. */
        return change->customer ? session_must_end_while_disabled(tx, uid)
                                : session_must_end(tx, uid);
}

static void tell(struct op *op, const struct change *change)
{
        const char *event = change->enable ? "user-enabled" : "user-disabled";
        const char *reason = change->call->reason;

        op_signal(op, OP_USER_CHANGED, &change->account);
        op_signal_status(op, &change->account, change->before.status, change->after.status,
                         reason ? reason : "");
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = event,
                                    .user = change->account.name,
                                    .customer = change->customer,
                                    .detail = reason},
                "%s was %s%s%s by uid %u.", change->account.name,
                change->enable ? "enabled" : "disabled", change->customer ? " at " : "",
                change->customer ? change->customer : "", op->actor_uid);
        if (change->customer)
                op_publish(op); /* his groups there */
}

/* The identity is the operator's; an administrator of a customer has a say there alone. */
static int target(struct op *op, struct tx *tx, struct change *change, char found[CUSTOMER_ID_SIZE])
{
        const struct user_status *call = change->call;

        if (call->customer) {
                change->customer = call->customer;
                return op_target(op, tx, ACCESS_ADMINISTER, call->uid, call->customer,
                                 &change->account);
        }
        if (actor_is_operator(op))
                return op_target(op, tx, ACCESS_ADMINISTER_IDENTITY, call->uid, NULL,
                                 &change->account);
        change->customer = found;
        return membership_meant(op, tx, call->uid, found);
}

static int run(struct op *op, const struct user_status *call, bool enable)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct change change = {.call = call, .enable = enable};
        char found[CUSTOMER_ID_SIZE];
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = target(op, &tx, &change, found);
        if (r == 0)
                r = state(op, &tx, &change, &change.before);
        if (r == 0)
                r = check(op, &change);
        if (r == 0)
                r = set(op, &tx, &change);
        if (r == 0)
                r = state(op, &tx, &change, &change.after);
        if (r == 0)
                r = record(op, &tx, &change);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                tell(op, &change);
        return r;
}

int op_user_enable(struct op *op, const struct user_status *call)
{
        return run(op, call, true);
}

int op_user_disable(struct op *op, const struct user_status *call)
{
        const char *reason = call->reason;

        if (reason && reason[0] && !name_is_gecos(reason))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Reason: at most 128 bytes, no ':' ',' or control character.");
        return run(op, call, false);
}
