/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request for an address is answered, taken back, or runs out, each in one transaction (R67,
 * R68).
 */
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/policy/name.h"
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/audit.h"

#include <inttypes.h>
#include <string.h>

static int check_reason(struct op *op, const char *reason)
{
        return !reason[0] || name_is_line(reason, APPROVAL_TEXT_SIZE - 1)
                       ? 0
                       : op_refuse(op, BO_ERR_BAD_VALUE, "reason: one line of at most %d bytes.",
                                   APPROVAL_TEXT_SIZE - 1);
}

int approval_record(struct op *op, struct tx *tx, const char *event,
                    const struct approval *approval)
{
        bool by_time = approval->status == APPROVAL_EXPIRED;
        char address[NETWORK_TEXT_SIZE], detail[128];
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = by_time ? AUDIT_NOBODY : op->actor_uid,
                .subject_uid = approval->requester_uid,
                .customer = approval->customer,
                .detail = detail,
        };

        network_text(address, &approval->network);
        snprintf(detail, sizeof(detail), "approval=%" PRIu64 " address=%s", approval->id, address);
        return audit_append(tx, &entry);
}

void approval_announce(struct op *op, const char *event, const struct approval *approval)
{
        struct account requester = {0};
        struct op_signal *signal = op_signal(
                op,
                approval->status == APPROVAL_PENDING ? OP_APPROVAL_REQUESTED : OP_APPROVAL_DECIDED,
                NULL);
        char address[NETWORK_TEXT_SIZE];

        network_text(address, &approval->network);
        signal->id = approval->id;
        snprintf(signal->one, sizeof(signal->one), "%s", approval->customer);
        snprintf(signal->two, sizeof(signal->two), "%s", address);
        snprintf(signal->three, sizeof(signal->three), "%s",
                 approval_status_name(approval->status));
        /* He cannot be gone: without an answer of the store the line is without his name. */
        if (account_by_uid(op->store, approval->requester_uid, &requester) != 0)
                requester = (struct account){0};
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = event,
                                    .user = requester.name,
                                    .customer = approval->customer,
                                    .detail = address},
                "Address %s of %s (request %" PRIu64 ") is %s.", address, approval->customer,
                approval->id, approval_status_name(approval->status));
}

/* After the row has changed: nothing that opened something stays, and it is told. */
static int settle(struct op *op, struct tx *tx, const char *event, struct approval *approval)
{
        int r = token_end_of_approval(tx, approval->id);

        if (r == 0)
                r = approval_load(tx, approval->id, approval);
        if (r == 0)
                r = approval_mail_outcome(op, tx, approval);
        return r == 0 ? approval_record(op, tx, event, approval) : r;
}

static const char *event_of(bool yes)
{
        const char *event = yes ? "address-approved" : "address-rejected";

        return event;
}

static int check_room(struct op *op, struct tx *tx, const char *customer)
{
        uint32_t approved = 0;
        int r = approval_count(tx->store, customer, APPROVAL_APPROVED, APPROVALS_APPROVED_MOST,
                               &approved);

        if (r == 0 && approved == APPROVALS_APPROVED_MOST)
                r = op_refuse(op, BO_ERR_TOO_MANY_APPROVALS,
                              "%s has %d approved addresses, the most there may be: revoke some.",
                              customer, APPROVALS_APPROVED_MOST);
        return r;
}

/* The one way in which a request is answered, whoever came by whatever door. */
static int answer(struct op *op, struct tx *tx, uint64_t id, bool yes, const char *reason,
                  struct approval *ret_approval)
{
        int r = check_reason(op, reason);

        if (r == 0)
                r = approval_authorise(op, tx, yes ? APPROVAL_APPROVE : APPROVAL_REJECT, id,
                                       ret_approval);
        if (r == 0 && yes)
                r = check_room(op, tx, ret_approval->customer);
        if (r == 0)
                r = approval_answer(tx, id, yes, op->actor_uid, reason);
        return r == 0 ? settle(op, tx, event_of(yes), ret_approval) : r;
}

static int answer_alone(struct op *op, uint64_t id, bool yes, const char *reason)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct approval approval;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = answer(op, &tx, id, yes, reason, &approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                approval_announce(op, event_of(yes), &approval);
        return r;
}

int op_approval_approve(struct op *op, uint64_t id)
{
        return answer_alone(op, id, true, "");
}

int op_approval_reject(struct op *op, uint64_t id, const char *reason)
{
        return answer_alone(op, id, false, reason);
}

int approval_answer_by_token(struct op *op, const unsigned char hash[KEYED_HASH_BYTES], bool yes,
                             const char *reason, struct approval *ret_approval)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        struct token_row row;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = account_by_uid(tx.store, op->actor_uid, &account);
        if (r == 0)
                r = token_load(tx.store, hash, &row);
        if (r == 0)
                r = approval_of_token(&tx, &account, &row, ret_approval);
        if (r == 0)
                r = token_use(&tx, hash);
        if (r == 0)
                r = answer(op, &tx, row.approval, yes, reason, ret_approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                approval_announce(op, event_of(yes), ret_approval);
        return r;
}

/* The token of the address ends in the same moment (R68). */
static int end_key(struct tx *tx, uint64_t id)
{
        int r = api_key_delete_token(tx, (int64_t)id);

        return r == BO_ERR_NO_SUCH_KEY ? 0 : r;
}

int op_approval_revoke(struct op *op, uint64_t id, const char *reason)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct approval approval;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = check_reason(op, reason);
        if (r == 0)
                r = approval_authorise(op, &tx, APPROVAL_REVOKE, id, &approval);
        if (r == 0)
                r = approval_revoke(&tx, id, op->actor_uid, reason);
        if (r == 0)
                r = end_key(&tx, id);
        if (r == 0)
                r = settle(op, &tx, "address-revoked", &approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                approval_announce(op, "address-revoked", &approval);
        return r;
}

int approval_close_expired(struct op *op, struct tx *tx, uint64_t id, struct approval *ret_approval)
{
        int r = approval_load(tx, id, ret_approval);

        if (r == 0)
                r = approval_set_expired(tx, id);
        return r == 0 ? settle(op, tx, "address-expired", ret_approval) : r;
}

static int tend_one(struct op *op, bool *ret_more)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct approval approval;
        uint64_t id = 0;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = approval_overdue(&tx, &id);
        *ret_more = r == 0 && id != 0;
        if (!*ret_more)
                return r;
        r = approval_close_expired(op, &tx, id, &approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                approval_announce(op, "address-expired", &approval);
        op_keep_told(op);
        return r;
}

int op_approval_tend(struct op *op)
{
        bool more = true;
        int r = 0;

        while (r == 0 && more && op->n_signals < OP_TOLD_MOST)
                r = tend_one(op, &more);
        op->again |= r == 0 && more;
        return r;
}
