/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox for the operator: what waits, what was given up, and when somebody was there for it.
 */
#include "bo-accountd/ops/mail_deliver.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <stdatomic.h>

/* When the deliverer was here last, or since when he has been waited for. */
static _Atomic uint64_t taken_usec;

void mail_watch_taken(const struct op *op)
{
        atomic_store(&taken_usec, op->clock_usec);
}

void op_mail_watch(const struct op *op)
{
        uint64_t never = 0;

        atomic_compare_exchange_strong(&taken_usec, &never, op->clock_usec);
}

uint64_t mail_watch_since_usec(void)
{
        return atomic_load(&taken_usec);
}

static int copy_row(void *userdata, const struct mail_row *row)
{
        struct mail_listing *call = userdata;
        struct mail_item *item = &call->mails[call->n++];

        *item = (struct mail_item){
                .id = (uint64_t)row->id,
                .uid = row->uid,
                .queued_usec = row->queued_usec,
                .due_usec = row->failed_usec ? 0 : row->due_usec,
                .given_up_usec = row->failed_usec,
                .attempts = row->attempts,
        };
        snprintf(item->kind, sizeof(item->kind), "%s", row->kind);
        snprintf(item->recipient, sizeof(item->recipient), "%s", row->recipient);
        snprintf(item->problem, sizeof(item->problem), "%s", row->problem);
        return 0;
}

int op_mail_list(struct op *op, struct mail_listing *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r != 0)
                return r;
        call->mails = calloc(call->limit, sizeof(*call->mails));
        if (!call->mails)
                return -ENOMEM;
        return mail_list(op->store, (int64_t)call->after, call->limit, copy_row, call);
}
