/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail handed out from its beginning on, for who keeps it elsewhere. */
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

static int copy_row(void *userdata, const struct audit_row *row,
                    const unsigned char hash[KEYED_HASH_BYTES])
{
        struct audit_exporting *call = userdata;
        struct audit_item *item = &call->rows[call->n];

        *item = (struct audit_item){
                .sequence = row->sequence,
                .time_usec = row->time_usec,
                .actor_uid = row->actor_uid,
                .subject_uid = row->subject_uid,
                .event = strdup(row->event),
                .customer = strdup(row->customer),
                .detail = strdup(row->detail),
        };
        sodium_bin2hex(call->hashes[call->n], sizeof(call->hashes[0]), hash, KEYED_HASH_BYTES);
        call->n++;
        return item->event && item->customer && item->detail ? 0 : -ENOMEM;
}

int op_audit_export(struct op *op, struct audit_exporting *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r != 0)
                return r;
        call->rows = calloc(call->slice.limit, sizeof(*call->rows));
        call->hashes = calloc(call->slice.limit, sizeof(*call->hashes));
        if (!call->rows || !call->hashes)
                return -ENOMEM;
        return audit_export(op->store, &call->slice, copy_row, call);
}

void audit_exporting_clear(struct audit_exporting *call)
{
        for (size_t i = 0; i < call->n; i++) {
                free(call->rows[i].event);
                free(call->rows[i].customer);
                free(call->rows[i].detail);
        }
        free(call->rows);
        free(call->hashes);
}
