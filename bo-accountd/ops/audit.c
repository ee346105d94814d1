/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the operator sees and does about the record: audit trail, roles, clock. */
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define VERIFIED_MOST 4096 /* rows in a call: a moment of a worker */

static int copy_row(void *userdata, const struct audit_row *row)
{
        struct audit_listing *call = userdata;
        struct audit_item *item = &call->rows[call->n];

        *item = (struct audit_item){
                .sequence = row->sequence,
                .time_usec = row->time_usec,
                .actor_uid = row->actor_uid,
                .subject_uid = row->subject_uid,
                .event = strdup(row->event ? row->event : ""),
                .customer = strdup(row->customer ? row->customer : ""),
                .detail = strdup(row->detail ? row->detail : ""),
        };
        call->n++;
        return item->event && item->customer && item->detail ? 0 : -ENOMEM;
}

int op_audit_list(struct op *op, struct audit_listing *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r != 0)
                return r;
        call->rows = calloc(call->limit, sizeof(*call->rows));
        if (!call->rows)
                return -ENOMEM;
        return audit_list(op->store, call->before, call->subject_uid, call->event, call->limit,
                          copy_row, call);
}

void audit_listing_clear(struct audit_listing *call)
{
        for (size_t i = 0; i < call->n; i++) {
                free(call->rows[i].event);
                free(call->rows[i].customer);
                free(call->rows[i].detail);
        }
        free(call->rows);
}

static int tell_broken(struct op *op, uint64_t bad)
{
        char entry[24];

        snprintf(entry, sizeof(entry), "%" PRIu64, bad);
        op_note(op, LOG_CRIT, &(struct log_event){.event = "audit-broken", .detail = entry},
                "The audit trail has been changed outside of bo: entry %s does not fit.", entry);
        op_keep_told(op); /* it is so, whoever asked */
        return op_refuse(op, BO_ERR_AUDIT_BROKEN,
                         "The audit trail has been changed outside of bo: entry %s does not fit.",
                         entry);
}

/* A row that was never there is a mistake of who asks, no hole in the trail. */
static int begin_at(struct op *op, uint64_t after)
{
        uint64_t newest = 0;
        int r = after > 0 ? audit_newest(op->store, &newest) : 0;

        return r == 0 && after > newest
                       ? op_refuse(op, BO_ERR_BAD_CURSOR, "%s", "The audit trail has no such row.")
                       : r;
}

int op_audit_verify(struct op *op, uint64_t after, struct audit_piece *ret_piece)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r == 0)
                r = begin_at(op, after);
        if (r == 0)
                r = audit_verify_piece(op->store, after, VERIFIED_MOST, ret_piece);
        return r == BO_ERR_AUDIT_BROKEN ? tell_broken(op, ret_piece->bad) : r;
}

int op_read_shared(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? authorise(op, &tx, ACCESS_READ_SHARED, NULL, NULL) : r;
}

int op_accept_clock(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const struct audit_entry entry = {
                .event = "clock-accepted",
                .actor_uid = op->actor_uid,
                .subject_uid = AUDIT_NOBODY,
        };
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = tx_accept_clock(&tx);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE, &(struct log_event){.event = entry.event},
                        "The clock was accepted as it is by uid %u.", op->actor_uid);
        return r;
}
