/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recovery codes; that one is good once is decided by one conditional update (R62). */
#include "bo-accountd/store/recovery.h"
#include "bo-accountd/store/store_private.h"

int recovery_insert(struct tx *tx, uint32_t uid, const unsigned char hash[KEYED_HASH_BYTES])
{
        return store_done(store_run(
                tx->store,
                "INSERT INTO recovery_code (uid, hash, used_usec, key_id) VALUES ($1, $2, 0, $3)",
                SQL_VALUES(sql_int(uid), sql_blob(hash, KEYED_HASH_BYTES),
                           sql_text(tx->store->keys->id))));
}

int recovery_use(struct tx *tx, uint32_t uid, const unsigned char hash[KEYED_HASH_BYTES])
{
        return store_changed(store_run(tx->store,
                                       "UPDATE recovery_code SET used_usec = $1"
                                       " WHERE uid = $2 AND hash = $3 AND used_usec = 0",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid),
                                                  sql_blob(hash, KEYED_HASH_BYTES))),
                             BO_ERR_WRONG_CREDENTIALS);
}

int recovery_delete(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(tx->store, "DELETE FROM recovery_code WHERE uid = $1",
                                    SQL_VALUES(sql_int(uid))));
}

int recovery_left(struct store *store, uint32_t uid, uint32_t *ret_left)
{
        int64_t left;
        int r = store_query_int(store, &left,
                                "SELECT COUNT(*) FROM recovery_code"
                                " WHERE uid = $1 AND used_usec = 0",
                                SQL_VALUES(sql_int(uid)));

        if (r == 0)
                *ret_left = (uint32_t)left;
        return r;
}
