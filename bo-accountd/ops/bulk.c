/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame of export: who may, page by page, recorded. */
#include "bo-accountd/ops/bulk_private.h"
#include "common/text.h"

#include <errno.h>
#include <string.h>

size_t bulk_fields(const struct bulk_kind *kind, const char *const **ret_fields)
{
        *ret_fields = kind->fields;
        return kind->n_fields;
}

int bulk_record(struct op *op, struct tx *tx, const char *event, const char *customer,
                const char *detail)
{
        return audit_append(tx, &(struct audit_entry){.event = event,
                                                      .actor_uid = op->actor_uid,
                                                      .subject_uid = AUDIT_NOBODY,
                                                      .customer = customer,
                                                      .detail = detail});
}

void bulk_note(struct op *op, const char *event, const char *customer, const char *detail)
{
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = event, .customer = customer, .detail = detail},
                "%s by uid %u: %s.", event, op->actor_uid, detail);
}

static int read_page(struct op *op, struct bulk_export *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct customer customer;
        int r = op_begin_operate_read(op, &tx);

        if (r == 0 && call->customer)
                r = customer_load(op->store, call->customer, &customer);
        return r == 0 ? call->kind->read(op, call) : r;
}

/* Each page is recorded, since a caller may begin at any: who got what is to be known. */
static int record_page(struct op *op, const struct bulk_export *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char cursor[65], detail[160];
        int r;

        text_clean(cursor, sizeof(cursor), call->cursor, false); /* whatever the caller said */
        snprintf(detail, sizeof(detail), "%s rows=%zu after=%s", call->kind->name, call->n_rows,
                 cursor);
        r = op_begin_write(op, &tx);
        if (r == 0)
                r = bulk_record(op, &tx, "data-exported", call->customer, detail);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0 && !call->cursor[0])
                bulk_note(op, "data-exported", call->customer, call->kind->name);
        return r;
}

int op_bulk_export(struct op *op, struct bulk_export *call)
{
        int r;

        call->stream = open_memstream(&call->cells, &call->size);
        if (!call->stream)
                return -ENOMEM;
        r = read_page(op, call);
        if (fflush(call->stream) != 0 && r == 0)
                r = -ENOMEM;
        return r == 0 ? record_page(op, call) : r;
}

void bulk_export_clear(struct bulk_export *call)
{
        if (call->stream)
                (void)fclose(call->stream); /* of memory; flushed where it counts */
        free(call->cells);
}
