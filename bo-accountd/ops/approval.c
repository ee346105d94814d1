/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for addresses: who sees them, and what is told of them (R66 to R69). */
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/member.h"
#include "bo-accountd/ops/permission.h"
#include "bo-accountd/store/api_key.h"

#include <errno.h>
#include <string.h>

int approval_member_holds(struct op *op, struct tx *tx, uint32_t uid, const char *customer,
                          const char *permission, bool *ret_holds)
{
        _cleanup_(standing_clear) struct standing standing = {0};
        struct account account;
        bool here = false;
        int r = account_by_uid(tx->store, uid, &account);

        *ret_holds = false;
        if (r == 0)
                r = acting_here(op, &account, &here);
        if (r == BO_ERR_NO_SUCH_USER || (r == 0 && (!here || account.is_api)))
                return 0;
        if (r == 0)
                r = standing_load(op, tx, &account, &standing);
        if (r == 0)
                *ret_holds = standing_has(&standing, customer) &&
                             standing_permits(op, &standing, customer, permission);
        return r;
}

static int weigh(struct op *op, struct tx *tx, const struct approval *approval,
                 struct approval_facts *ret_facts, bool *ret_seen)
{
        struct approval_facts facts = {
                .status = approval->status,
                .actor_is_operator = actor_is_operator(op),
                .taken = approval->taken_usec != 0,
        };
        bool asks = false;
        int r = approval_member_holds(op, tx, op->actor_uid, approval->customer, "api.approve",
                                      &facts.permitted);

        if (r == 0)
                r = approval_member_holds(op, tx, op->actor_uid, approval->customer, "api.request",
                                          &asks);
        if (r == 0)
                r = approval_member_holds(op, tx, approval->requester_uid, approval->customer,
                                          "api.request", &facts.requester_stands);
        if (r != 0)
                return r;
        facts.actor_is_requester = op->actor_uid == approval->requester_uid;
        *ret_seen = facts.actor_is_operator || facts.permitted || asks || facts.actor_is_requester;
        *ret_facts = facts;
        return 0;
}

/* Loads one that the actor may see. */
static int load(struct op *op, struct tx *tx, uint64_t id, struct approval *ret_approval,
                struct approval_facts *ret_facts)
{
        bool seen = false;
        int r = authorise(op, tx, ACCESS_READ_SHARED, NULL, NULL);

        if (r == 0)
                r = approval_load(tx, id, ret_approval);
        if (r == 0)
                r = weigh(op, tx, ret_approval, ret_facts, &seen);
        return r != 0 || seen ? r : BO_ERR_NO_SUCH_APPROVAL;
}

static int name_of(struct op *op, struct tx *tx, uint32_t uid, const char *customer,
                   char out[NAME_MAX_BYTES + 1])
{
        struct membership membership;
        struct account account;
        int r = membership_find(op, uid, customer, &membership);

        if (r == 0)
                r = account_by_uid(tx->store, uid, &account);
        if (r < 0)
                return r;
        snprintf(out, NAME_MAX_BYTES + 1, "%s", r == 0 ? account.name : "operator");
        return 0;
}

static int view(struct op *op, struct tx *tx, const struct approval *approval,
                struct approval_view *ret_view)
{
        struct approval_view told = {.approval = *approval};
        struct api_key_row key;
        struct account account;
        int r = account_by_uid(tx->store, approval->requester_uid, &account);

        if (r == 0)
                memcpy(told.requester, account.name, sizeof(told.requester));
        if (r == 0 && approval->decided_usec != 0)
                r = name_of(op, tx, approval->decided_uid, approval->customer, told.decided_by);
        if (r == 0 && approval->revoked_usec != 0)
                r = name_of(op, tx, approval->revoked_uid, approval->customer, told.revoked_by);
        if (r != 0)
                return r;
        r = approval->taken_usec == 0 ? BO_ERR_NO_SUCH_KEY
                                      : api_key_of_approval(tx->store, (int64_t)approval->id, &key);
        if (r < 0)
                return r;
        told.used_usec = r == 0 ? key.used_usec : 0;
        *ret_view = told;
        return 0;
}

int op_approval_view(struct op *op, uint64_t id, struct approval_view *ret_view)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct approval_facts facts;
        struct approval approval;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = load(op, &tx, id, &approval, &facts);
        return r == 0 ? view(op, &tx, &approval, ret_view) : r;
}

static int may_list(struct op *op, struct tx *tx, const char *customer)
{
        bool may = actor_is_operator(op);
        struct customer found;
        int r = authorise(op, tx, ACCESS_READ_CUSTOMER, NULL, customer[0] ? customer : NULL);

        if (r == 0 && customer[0])
                r = customer_load(tx->store, customer, &found);
        if (r == 0 && !may)
                r = approval_member_holds(op, tx, op->actor_uid, customer, "api.approve", &may);
        if (r == 0 && !may)
                r = approval_member_holds(op, tx, op->actor_uid, customer, "api.request", &may);
        return r != 0 || may ? r : BO_ERR_NOT_ALLOWED;
}

static int note_row(void *userdata, const struct approval *approval)
{
        struct approval_listing *call = userdata;

        call->rows[call->n++].approval = *approval;
        return 0;
}

int op_approval_list(struct op *op, struct approval_listing *call)
{
        const struct approval_filter filter = {.customer = call->customer,
                                               .status = call->status,
                                               .before = call->before,
                                               .limit = call->limit};
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = may_list(op, &tx, call->customer);
        if (r != 0)
                return r;
        call->rows = calloc(call->limit, sizeof(*call->rows));
        if (!call->rows)
                return -ENOMEM;
        r = approval_list(&tx, &filter, note_row, call, &call->next);
        for (size_t i = 0; r == 0 && i < call->n; i++) {
                const struct approval approval = call->rows[i].approval;

                r = view(op, &tx, &approval, &call->rows[i]);
        }
        return r;
}

/* Says of one that is closed what became of it, and by whom: another was quicker. */
static int refuse_closed(struct op *op, struct tx *tx, const struct approval *approval)
{
        const char *status = approval_status_name(approval->status);
        struct approval_view told;
        char address[NETWORK_TEXT_SIZE];
        int r = view(op, tx, approval, &told);

        if (r != 0)
                return r;
        network_text(address, &approval->network);
        if (approval->status == APPROVAL_EXPIRED)
                return op_refuse(op, BO_ERR_APPROVAL_DECIDED,
                                 "Nobody answered the request for %s in time. It can be asked for "
                                 "again.",
                                 address);
        return op_refuse(op, BO_ERR_APPROVAL_DECIDED, "%s was %s already, by %.120s.", address,
                         status, approval->revoked_usec != 0 ? told.revoked_by : told.decided_by);
}

static int explain(struct op *op, struct tx *tx, const struct approval *approval, int verdict)
{
        if (verdict == BO_ERR_APPROVAL_DECIDED)
                return refuse_closed(op, tx, approval);
        if (verdict == BO_ERR_NOT_YOURSELF)
                return op_refuse(op, verdict,
                                 "You asked for this address yourself: somebody else has to "
                                 "answer, whatever roles you hold.");
        if (verdict == BO_ERR_WRONG_STATE && approval->status == APPROVAL_PENDING &&
            op->actor_uid != approval->requester_uid)
                return op_refuse(op, verdict,
                                 "Who asked for this address may not ask any more: reject it, and "
                                 "have it asked for anew.");
        if (verdict == BO_ERR_WRONG_STATE)
                return op_refuse(op, verdict, "This address is not approved: it is %s.",
                                 approval_status_name(approval->status));
        return verdict;
}

int approval_authorise(struct op *op, struct tx *tx, enum approval_act act, uint64_t id,
                       struct approval *ret_approval)
{
        struct approval_facts facts;
        int verdict, r = load(op, tx, id, ret_approval, &facts);

        if (r != 0)
                return r;
        verdict = approval_verdict(act, &facts);
        return verdict == 0 ? 0 : explain(op, tx, ret_approval, verdict);
}
