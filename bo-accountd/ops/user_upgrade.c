/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An unverified user becomes verified: another name, the same person (R41 to R45). */
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/new_name.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/policy/throttle.h"
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/session.h"
#include "bo-accountd/store/throttle.h"
#include "common/clock.h"

#include <string.h>

static int check(struct op *op, const struct account *account, const char *email)
{
        int r;

        if (account->is_api)
                return op_refuse(op, BO_ERR_WRONG_STATE, "%s is a program: it has no mailbox.",
                                 account->name);
        if (account->verified)
                return op_refuse(op, BO_ERR_WRONG_STATE, "%s is verified already, and stays so.",
                                 account->name);
        r = new_name_check_mailbox(op, email);
        return r == 0 ? new_name_check(op, email) : r;
}

/*
 * Who upgrades somebody learns by the refusal that an address is in use: an administrator of a
 * customer learns it three times an hour at most, and it is recorded (R49).
 */
static const struct throttle_rule probe_rule = {.room = 3, .drain_usec = 20 * USEC_PER_MIN};

struct probe {
        char subject[THROTTLE_SUBJECT_SIZE];
        uint64_t drained_usec;
};

/* Counted for the customer: he could make himself as many other administrators as he likes. */
static int probe_load(struct op *op, struct tx *tx, uint32_t uid, struct probe *probe)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        uint64_t drained_usec;
        size_t n = 0;
        int r = member_roles(tx->store, uid, &rows, &n);

        if (r != 0)
                return r;
        throttle_subject(probe->subject, 'u', n > 0 ? rows[0].customer : "", op->keys);
        r = throttle_load(tx->store, probe->subject, &probe->drained_usec);
        drained_usec = probe->drained_usec;
        if (r == 0 && !actor_is_operator(op) &&
            !throttle_take(&probe_rule, &drained_usec, tx->now_usec))
                return op_refuse(op, BO_ERR_BUSY,
                                 "Too many addresses that are in use were named at this customer. "
                                 "Try in an hour.");
        return r;
}

static int probe_charge(struct op *op, struct tx *tx, struct probe *probe,
                        const struct account *account)
{
        const struct audit_entry entry = {
                .event = "upgrade-refused",
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .detail = "address in use",
        };
        int r;

        throttle_take(&probe_rule, &probe->drained_usec, tx->now_usec);
        r = actor_is_operator(op) ? 0 : throttle_save(tx, probe->subject, probe->drained_usec);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r == 0)
                r = tx_commit(tx);
        if (r != 0)
                return r;
        op_note(op, LOG_NOTICE, &(struct log_event){.event = entry.event, .user = account->name},
                "Uid %u named an address for %s that is or was in use.", op->actor_uid,
                account->name);
        op_keep_told(op);
        return BO_ERR_NAME_TAKEN;
}

static int record(struct op *op, struct tx *tx, uint32_t uid, const char *old_name)
{
        char detail[NAME_MAX_BYTES + 16];
        const struct audit_entry entry = {
                .event = "user-upgraded",
                .actor_uid = op->actor_uid,
                .subject_uid = uid,
                .detail = detail,
        };

        snprintf(detail, sizeof(detail), "old-name=%s", old_name);
        return audit_append(tx, &entry);
}

/* All or nothing: who has the new name has no password, no open token and no session of before. */
static int change(struct op *op, struct tx *tx, const struct account *old, const char *email,
                  struct account *ret_account, char link[TOKEN_LINK_SIZE])
{
        int r = account_rename(tx, old->uid, email);

        if (r == 0)
                r = account_drop_password(tx, old->uid);
        if (r == 0)
                r = session_must_end_firmly(tx, old->uid);
        if (r == 0)
                r = key_end_all(op, tx, old, "the user became a verified one");
        if (r == 0)
                r = account_by_uid(tx->store, old->uid, ret_account);
        if (r == 0)
                r = link_issue(op, tx, ret_account, link);
        return r == 0 ? record(op, tx, old->uid, old->name) : r;
}

static void tell(struct op *op, const struct account *account, const char *old_name,
                 enum account_status before, enum account_status after)
{
        op_publish(op);
        op_signal(op, OP_USER_CHANGED, account);
        op_signal_status(op, account, before, after, "upgraded");
        op_note(op, LOG_NOTICE,
                &(struct log_event){
                        .event = "user-upgraded", .user = account->name, .detail = old_name},
                "%s is now %s, by uid %u.", old_name, account->name, op->actor_uid);
}

int op_user_upgrade(struct op *op, uint32_t uid, const char *email, char link[TOKEN_LINK_SIZE])
{
        _cleanup_(tx_end) struct tx tx = {0};
        char folded[NAME_MAX_BYTES + 1];
        struct account old, account;
        struct account_state before, after;
        struct probe probe;
        int r;

        if (name_fold(folded, email) < 0 || !name_is_email(folded))
                return op_refuse(op, BO_ERR_BAD_NAME, "\"%.64s\" is not a plain e-mail address.",
                                 email);
        r = op_begin_write(op, &tx);
        if (r == 0)
                r = op_target(op, &tx, ACCESS_ADMINISTER_IDENTITY, uid, NULL, &old);
        if (r == 0)
                r = probe_load(op, &tx, uid, &probe);
        if (r == 0)
                r = check(op, &old, folded);
        if (r == BO_ERR_NAME_TAKEN)
                return probe_charge(op, &tx, &probe, &old);
        if (r == 0)
                r = account_state(op, &tx, &old, &before);
        if (r == 0)
                r = change(op, &tx, &old, folded, &account, link);
        if (r == 0)
                r = account_state(op, &tx, &account, &after);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                tell(op, &account, old.name, before.status, after.status);
        return r;
}
