/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail from its beginning on: by sequence, so that rows that are added change nothing.
 */
#include "bo-accountd/store/audit_export.h"

#include "bo-accountd/store/audit_chain.h"

typedef int export_fn(void *userdata, const struct audit_row *row,
                      const unsigned char hash[KEYED_HASH_BYTES]);

static bool is_wanted(const struct audit_slice *slice, const struct audit_row *row)
{
        return row->time_usec >= slice->since_usec && row->time_usec < slice->until_usec;
}

static int each_row(struct sql_rows *rows, struct audit_slice *slice, export_fn *each,
                    void *userdata)
{
        unsigned char hash[KEYED_HASH_BYTES];
        struct audit_row row;

        audit_row_read(rows, &row);
        if (row.sequence != slice->after + 1 ||
            sql_copy_blob(rows, AUDIT_HASH_COLUMN, hash, sizeof(hash)) < 0)
                return BO_ERR_AUDIT_BROKEN;
        slice->after = row.sequence;
        return is_wanted(slice, &row) ? each(userdata, &row, hash) : 0;
}

static int walk(struct store *store, struct audit_slice *slice, export_fn *each, void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        uint64_t from = slice->after;
        int r = store_query(store, &rows,
                            "SELECT " AUDIT_COLUMNS " FROM audit WHERE sequence > $1"
                            " AND sequence <= $2 ORDER BY sequence LIMIT $3",
                            SQL_VALUES(sql_u64(from), sql_u64(slice->last), sql_int(slice->limit)));

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = each_row(rows, slice, each, userdata);
        return r == 0 && slice->after == from && from < slice->last ? BO_ERR_AUDIT_BROKEN : r;
}

int audit_export(struct store *store, struct audit_slice *slice, export_fn *each, void *userdata)
{
        struct audit_head head;
        int r = slice->last > 0 ? 0 : audit_head_load(store, &head);

        if (r == 0 && slice->last == 0)
                slice->last = head.sequence;
        return r == 0 ? walk(store, slice, each, userdata) : r;
}
