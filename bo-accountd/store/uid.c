/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uids that are asked for by number: each is given once and never again (R17). */
#include "bo-accountd/store/uid.h"

#include "bo-accountd/store/store_private.h"

struct gap {
        uint32_t first, last;
};

static int gap_insert(struct tx *tx, uint32_t first, uint32_t last)
{
        if (first > last)
                return 0;
        return store_done(store_run(tx->store, "INSERT INTO uid_gap (first, last) VALUES ($1, $2)",
                                    SQL_VALUES(sql_int(first), sql_int(last))));
}

static int gap_delete(struct tx *tx, uint32_t first)
{
        return store_done(store_run(tx->store, "DELETE FROM uid_gap WHERE first = $1",
                                    SQL_VALUES(sql_int(first))));
}

/* The one that holds @uid; BO_ERR_NAME_TAKEN. */
static int gap_find(struct tx *tx, uint32_t uid, struct gap *ret_gap)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(tx->store, &rows,
                            "SELECT first, last FROM uid_gap WHERE first <= $1"
                            " ORDER BY first DESC LIMIT 1",
                            SQL_VALUES(sql_int(uid)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_NAME_TAKEN;
        ret_gap->first = sql_get_u32(rows, 0);
        ret_gap->last = sql_get_u32(rows, 1);
        return ret_gap->last < uid ? BO_ERR_NAME_TAKEN : 0;
}

static int claim_of_gap(struct tx *tx, uint32_t uid)
{
        struct gap gap;
        int r = gap_find(tx, uid, &gap);

        if (r == 0)
                r = gap_delete(tx, gap.first);
        if (r == 0)
                r = gap_insert(tx, gap.first, uid - 1);
        return r == 0 ? gap_insert(tx, uid + 1, gap.last) : r;
}

int uid_claim(struct tx *tx, uint32_t uid, uint32_t first)
{
        int64_t last = 0;
        int r = store_query_int(tx->store, &last, "SELECT value FROM counter WHERE name = 'uid'",
                                SQL_NONE);

        if (r < 0)
                return r == -ENODATA ? -EIO : r;
        if (last < first)
                last = (int64_t)first - 1;
        if (uid <= last)
                return claim_of_gap(tx, uid);
        r = gap_insert(tx, (uint32_t)last + 1, uid - 1);
        return r == 0 ? account_skip_uid(tx, uid) : r;
}

int uid_forget_gaps(struct tx *tx)
{
        return store_done(store_run(tx->store, "DELETE FROM uid_gap", SQL_NONE));
}
