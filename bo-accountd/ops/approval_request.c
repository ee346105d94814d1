/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A member asks for an address to be approved (R66). */
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/policy/throttle.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/throttle.h"
#include "common/clock.h"

#include <inttypes.h>
#include <string.h>

#define ANSWERED_WITHIN (7 * USEC_PER_DAY)

/* Each is a mail to every owner: twenty at once, then one in five minutes, of a customer. */
static const struct throttle_rule mail_rule = {.room = 20, .drain_usec = 5 * USEC_PER_MIN};

static int authorise_request(struct op *op, struct tx *tx, const char *customer)
{
        bool may = false;
        int r = authorise(op, tx, ACCESS_READ_CUSTOMER, NULL, customer);

        if (r == 0)
                r = approval_member_holds(op, tx, op->actor_uid, customer, "api.request", &may);
        return r != 0 || may ? r : BO_ERR_NOT_ALLOWED;
}

static int check(struct op *op, const struct approval_request *call, struct approval *approval)
{
        char why[OP_MESSAGE_SIZE];

        if (call->comment[0] && !name_is_line(call->comment, APPROVAL_TEXT_SIZE - 1))
                return op_refuse(op, BO_ERR_BAD_VALUE, "Comment: one line of at most %d bytes.",
                                 APPROVAL_TEXT_SIZE - 1);
        if (approval_range(&approval->network, call->address, why, sizeof(why)) < 0)
                return op_refuse(op, BO_ERR_BAD_VALUE, "%s", why);
        snprintf(approval->customer, sizeof(approval->customer), "%s", call->customer);
        snprintf(approval->comment, sizeof(approval->comment), "%s", call->comment);
        return 0;
}

/* Those of which the time has passed are in nobody's way. */
static int expire_others(struct op *op, struct tx *tx, const char *customer)
{
        struct approval expired;
        uint64_t id = 0;
        int r;

        while ((r = approval_find_expired(tx, customer, &id)) == 0 && id != 0) {
                r = approval_close_expired(op, tx, id, &expired);
                if (r != 0)
                        break;
                approval_announce(op, "address-expired", &expired);
        }
        return r;
}

static int check_listed(struct op *op, struct tx *tx, const struct approval *approval)
{
        struct approval listed;
        char address[NETWORK_TEXT_SIZE];
        uint64_t id = 0;
        int r = approval_listed(tx->store, approval->customer, &approval->network, &id);

        if (r == 0 && id != 0)
                r = approval_load(tx, id, &listed);
        if (r != 0 || id == 0)
                return r;
        network_text(address, &approval->network);
        return op_refuse(op, BO_ERR_ADDRESS_LISTED, "%s is %s already: request %" PRIu64 ".",
                         address, approval_status_name(listed.status), id);
}

static int check_room(struct op *op, struct tx *tx, const char *customer)
{
        uint32_t pending = 0, approved = 0;
        int r = approval_count(tx->store, customer, APPROVAL_PENDING, APPROVALS_PENDING_MOST,
                               &pending);

        if (r == 0)
                r = approval_count(tx->store, customer, APPROVAL_APPROVED, APPROVALS_APPROVED_MOST,
                                   &approved);
        if (r == 0 && pending == APPROVALS_PENDING_MOST)
                r = op_refuse(op, BO_ERR_TOO_MANY_APPROVALS,
                              "%d requests of %s wait already: have them answered first.",
                              APPROVALS_PENDING_MOST, customer);
        if (r == 0 && approved == APPROVALS_APPROVED_MOST)
                r = op_refuse(op, BO_ERR_TOO_MANY_APPROVALS,
                              "%s has %d approved addresses, the most there may be: revoke some.",
                              customer, APPROVALS_APPROVED_MOST);
        return r;
}

static int throttle(struct op *op, struct tx *tx, const char *customer)
{
        char subject[THROTTLE_SUBJECT_SIZE];
        uint64_t drained_usec;
        int r;

        throttle_subject(subject, 'a', customer, op->keys);
        r = throttle_load(tx->store, subject, &drained_usec);
        if (r != 0)
                return r;
        if (!throttle_take(&mail_rule, &drained_usec, tx->now_usec))
                return op_refuse(op, BO_ERR_BUSY,
                                 "Many addresses were asked for of late, and each is a mail to the "
                                 "owners. Try again in five minutes.");
        return throttle_save(tx, subject, drained_usec);
}

static int request(struct op *op, struct tx *tx, struct approval *approval)
{
        int r = expire_others(op, tx, approval->customer);

        if (r == 0)
                r = check_listed(op, tx, approval);
        if (r == 0)
                r = check_room(op, tx, approval->customer);
        if (r == 0)
                r = throttle(op, tx, approval->customer);
        if (r == 0)
                r = approval_insert(tx, approval, &approval->id);
        if (r == 0)
                r = approval_load(tx, approval->id, approval);
        if (r == 0)
                r = approval_mail_request(op, tx, approval);
        return r == 0 ? approval_record(op, tx, "address-requested", approval) : r;
}

int op_approval_request(struct op *op, struct approval_request *call)
{
        struct approval approval = {.requester_uid = op->actor_uid};
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise_request(op, &tx, call->customer);
        if (r == 0)
                r = check(op, call, &approval);
        approval.expires_usec = tx.now_usec + ANSWERED_WITHIN;
        if (r == 0)
                r = request(op, &tx, &approval);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        call->id = approval.id;
        approval_announce(op, "address-requested", &approval);
        return 0;
}
