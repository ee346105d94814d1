/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of approved addresses waits for who comes in: said in the greeting of his session, which all
 * read, those without a mailbox as well. */
#include "bo-accountd/ops/approval.h"

#include <string.h>

struct pending {
        uint32_t uid; /* who reads it: his own requests do not wait for him */
        unsigned n;
};

static int count(void *userdata, const struct approval *approval)
{
        struct pending *pending = userdata;

        pending->n += approval->requester_uid != pending->uid;
        return 0;
}

/* Two look-ups by index for the many for whom nothing waits. */
static int count_pending(struct op *op, struct tx *tx, const struct account *account,
                         const char *customer, unsigned *ret_n)
{
        const struct approval_filter filter = {
                .customer = customer, .status = APPROVAL_PENDING, .limit = 100};
        struct pending pending = {.uid = account->uid};
        uint64_t next = 0;
        bool may = false;
        int r = approval_list(tx, &filter, count, &pending, &next);

        if (r == 0 && pending.n > 0)
                r = approval_member_holds(op, tx, account->uid, customer, "api.approve", &may);
        *ret_n = may ? pending.n : 0;
        return r;
}

int approval_waiting(struct op *op, struct tx *tx, const struct account *account,
                     const char *customer, char out[APPROVAL_WAITING_SIZE])
{
        unsigned pending = 0;
        uint32_t untaken = 0;
        size_t used = 0;
        int r = count_pending(op, tx, account, customer, &pending);

        out[0] = '\0';
        if (r == 0)
                r = approval_untaken(tx->store, account->uid, customer, 99, &untaken);
        if (r != 0)
                return r;
        if (pending > 0)
                used = (size_t)snprintf(out, APPROVAL_WAITING_SIZE,
                                        "%u API address%s for your approval: `boctl approval "
                                        "list`.",
                                        pending, pending == 1 ? " waits" : "es wait");
        if (untaken > 0)
                snprintf(out + used, APPROVAL_WAITING_SIZE - used,
                         "%s%u API address%s: `boctl approval token ID` shows a token, once.",
                         used > 0 ? "\n" : "", untaken,
                         untaken == 1 ? " of yours was approved" : "es of yours were approved");
        return 0;
}
