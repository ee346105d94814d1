/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys and address tokens, as keyed hashes, found by their prefix. */
#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

#define COLUMNS "prefix, uid, hash, approval, created_usec, created_by, used_usec, key_id"

/* Of a statement that reads COLUMNS of one row at most. */
static int load(struct store *store, struct api_key_row *ret_row, const char *text,
                const struct sql_value *values, size_t n_values)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct api_key_row row = {0};
        int r = store_query(store, &rows, text, values, n_values);

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_NO_SUCH_KEY;
        sql_copy_text(rows, 0, row.prefix, sizeof(row.prefix));
        row.uid = sql_get_u32(rows, 1);
        r = sql_copy_blob(rows, 2, row.hash, sizeof(row.hash));
        if (r < 0)
                return r;
        row.approval = sql_get_int(rows, 3);
        row.created_usec = sql_get_u64(rows, 4);
        row.created_by = sql_get_u32(rows, 5);
        row.used_usec = sql_get_u64(rows, 6);
        sql_copy_text(rows, 7, row.key, sizeof(row.key));
        *ret_row = row;
        return 0;
}

int api_key_load(struct store *store, const char *prefix, struct api_key_row *ret_row)
{
        return load(store, ret_row, "SELECT " COLUMNS " FROM api_key WHERE prefix = $1",
                    SQL_VALUES(sql_text(prefix)));
}

int api_key_of_user(struct store *store, uint32_t uid, struct api_key_row *ret_row)
{
        return load(store, ret_row,
                    "SELECT " COLUMNS " FROM api_key WHERE uid = $1 AND approval = 0",
                    SQL_VALUES(sql_int(uid)));
}

int api_key_of_approval(struct store *store, int64_t approval, struct api_key_row *ret_row)
{
        return load(store, ret_row,
                    "SELECT " COLUMNS " FROM api_key WHERE approval = $1 AND approval > 0",
                    SQL_VALUES(sql_int(approval)));
}

/* Which of the two uniques would be hurt is told apart: a prefix can be drawn again. */
int api_key_insert(struct tx *tx, const struct api_key_row *row)
{
        struct api_key_row other;
        int r = row->approval == 0 ? api_key_of_user(tx->store, row->uid, &other)
                                   : api_key_of_approval(tx->store, row->approval, &other);

        if (r != BO_ERR_NO_SUCH_KEY)
                return r == 0 ? BO_ERR_KEY_EXISTS : r;
        return store_changed(
                store_run(tx->store,
                          "INSERT INTO api_key (" COLUMNS ")"
                          " VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (prefix) DO NOTHING",
                          SQL_VALUES(sql_text(row->prefix), sql_int(row->uid),
                                     sql_blob(row->hash, sizeof(row->hash)), sql_int(row->approval),
                                     sql_u64(tx->now_usec), sql_int(row->created_by),
                                     sql_text(tx->store->keys->id))),
                -EEXIST);
}

int api_key_move(struct tx *tx, const char *prefix, const unsigned char hash[KEYED_HASH_BYTES])
{
        return store_changed(
                store_run(tx->store, "UPDATE api_key SET hash = $1, key_id = $2 WHERE prefix = $3",
                          SQL_VALUES(sql_blob(hash, KEYED_HASH_BYTES),
                                     sql_text(tx->store->keys->id), sql_text(prefix))),
                BO_ERR_NO_SUCH_KEY);
}

int api_key_used(struct tx *tx, const char *prefix)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE api_key SET used_usec = $1 WHERE prefix = $2",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_text(prefix))),
                             BO_ERR_NO_SUCH_KEY);
}

int api_key_delete(struct tx *tx, uint32_t uid)
{
        return store_changed(store_run(tx->store,
                                       "DELETE FROM api_key WHERE uid = $1 AND approval = 0",
                                       SQL_VALUES(sql_int(uid))),
                             BO_ERR_NO_SUCH_KEY);
}

int api_key_delete_token(struct tx *tx, int64_t approval)
{
        return store_changed(store_run(tx->store,
                                       "DELETE FROM api_key WHERE approval = $1 AND approval > 0",
                                       SQL_VALUES(sql_int(approval))),
                             BO_ERR_NO_SUCH_KEY);
}

int api_key_delete_all(struct tx *tx, uint32_t uid, unsigned *ret_n)
{
        int r = store_run(tx->store, "DELETE FROM api_key WHERE uid = $1",
                          SQL_VALUES(sql_int(uid)));

        if (r < 0)
                return r;
        *ret_n = (unsigned)r;
        return 0;
}
