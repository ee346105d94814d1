/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Enables and disables users; they are never deleted (R13, R17). */
#include "bo-accountd/ops/ops.h"

static int record(struct op *op, struct tx *tx, const struct account *account, const char *event,
                  const char *reason)
{
        char detail[ACCOUNT_TEXT_SIZE + 16];
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .detail = reason ? detail : NULL,
        };

        snprintf(detail, sizeof(detail), "reason=%s", reason ? reason : "");
        return audit_append(tx, &entry);
}

static int change(struct op *op, uint32_t uid, bool enable, const char *reason)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        struct account_state before, after;
        const char *event = enable ? "user-enabled" : "user-disabled";
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_ADMINISTER_IDENTITY, uid, NULL, &account);
        if (r == 0 && enable == (account.deactivated_usec == 0))
                r = op_refuse(op, BO_ERR_WRONG_STATE, "%s is %s already.", account.name,
                              enable ? "enabled" : "disabled");
        if (r == 0)
                r = account_state(op, &tx, &account, &before);
        if (r == 0)
                r = enable ? account_enable(&tx, uid)
                           : account_deactivate(&tx, uid, reason ? reason : "",
                                                actor_is_operator(op));
        if (r == 0 && !enable)
                r = session_must_end(&tx, uid);
        if (r == 0)
                r = account_by_uid(op->store, uid, &account);
        if (r == 0)
                r = account_state(op, &tx, &account, &after);
        if (r == 0)
                r = record(op, &tx, &account, event, reason);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;

        struct op_signal *signal = op_signal(op, OP_USER_STATUS_CHANGED, &account);

        snprintf(signal->one, sizeof(signal->one), "%s", status_name(before.status));
        snprintf(signal->two, sizeof(signal->two), "%s", status_name(after.status));
        snprintf(signal->three, sizeof(signal->three), "%s", reason ? reason : "");
        op_note(op, LOG_NOTICE, &(struct log_event){.event = event, .user = account.name},
                "%s was %s by uid %u.", account.name, enable ? "enabled" : "disabled",
                op->actor_uid);
        return 0;
}

int op_user_enable(struct op *op, uint32_t uid)
{
        return change(op, uid, true, NULL);
}

int op_user_disable(struct op *op, uint32_t uid, const char *reason)
{
        if (reason && reason[0] && !name_is_gecos(reason))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Reason: at most 128 bytes, no ':' ',' or control character.");
        return change(op, uid, false, reason);
}
