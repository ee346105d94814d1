/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mailed tokens; that one is good once is decided by one conditional update. */
#include "bo-accountd/store/token.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

#define SWEEP_MAX 4096

int token_end_all(struct tx *tx, uint32_t uid, unsigned *ret_ended)
{
        int r = store_run(tx->store,
                          "UPDATE token SET used_usec = $1"
                          " WHERE uid = $2 AND used_usec = 0",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid)));

        if (r < 0)
                return r;
        *ret_ended = (unsigned)r;
        return 0;
}

int token_end_purpose(struct tx *tx, uint32_t uid, enum token_purpose purpose)
{
        return store_done(
                store_run(tx->store,
                          "UPDATE token SET used_usec = $1"
                          " WHERE uid = $2 AND used_usec = 0 AND purpose = $3",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid), sql_int(purpose))));
}

int token_end_of_approval(struct tx *tx, uint64_t approval)
{
        return store_done(store_run(tx->store,
                                    "UPDATE token SET used_usec = $1 WHERE approval = $2"
                                    " AND approval > 0 AND used_usec = 0",
                                    SQL_VALUES(sql_u64(tx->now_usec), sql_u64(approval))));
}

int token_in_time(struct tx *tx, const struct token_row *token, bool *ret_in_time)
{
        uint64_t latest_usec;
        int r = tx_high_since(tx, token->clock_epoch, &latest_usec);

        if (r == 0)
                *ret_in_time =
                        latest_usec < token->expires_usec && tx->now_usec < token->expires_usec;
        return r;
}

static int insert(struct tx *tx, const struct token_row *token, int64_t credential_epoch)
{
        return store_done(store_run(
                tx->store,
                "INSERT INTO token (hash, purpose, uid, credential_epoch, issued_usec,"
                " expires_usec, clock_epoch, used_usec, by_admin, issuer_uid,"
                " address, approval, key_id)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)",
                SQL_VALUES(sql_blob(token->hash, sizeof(token->hash)), sql_int(token->purpose),
                           sql_int(token->uid), sql_int(credential_epoch), sql_u64(tx->now_usec),
                           sql_u64(token->expires_usec), sql_int(tx->clock_epoch),
                           sql_int(token->by_admin), sql_int(token->issuer_uid),
                           sql_text(token->address), sql_u64(token->approval),
                           sql_text(tx->store->keys->id))));
}

int token_insert(struct tx *tx, const struct token_row *token)
{
        int64_t credential_epoch;
        int r = store_query_int(tx->store, &credential_epoch,
                                "SELECT credential_epoch FROM account WHERE uid = $1",
                                SQL_VALUES(sql_int(token->uid)));

        if (r < 0)
                return r == -ENODATA ? BO_ERR_NO_SUCH_USER : r;
        return insert(tx, token, credential_epoch);
}

int token_load(struct store *store, const unsigned char hash[KEYED_HASH_BYTES],
               struct token_row *ret_token)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct token_row token; /* @hash may be in what it is read into */
        int r = store_query(
                store, &rows,
                "SELECT purpose, uid, credential_epoch, issued_usec, expires_usec,"
                " clock_epoch, used_usec, by_admin, issuer_uid, address, approval FROM token"
                " WHERE hash = $1",
                SQL_VALUES(sql_blob(hash, KEYED_HASH_BYTES)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_WRONG_CREDENTIALS;
        token = (struct token_row){
                .purpose = (enum token_purpose)sql_get_int(rows, 0),
                .uid = sql_get_u32(rows, 1),
                .credential_epoch = sql_get_int(rows, 2),
                .issued_usec = sql_get_u64(rows, 3),
                .expires_usec = sql_get_u64(rows, 4),
                .clock_epoch = sql_get_int(rows, 5),
                .used_usec = sql_get_u64(rows, 6),
                .by_admin = sql_get_int(rows, 7) != 0,
                .issuer_uid = sql_get_u32(rows, 8),
                .approval = sql_get_u64(rows, 10),
        };
        sql_copy_text(rows, 9, token.address, sizeof(token.address));
        memcpy(token.hash, hash, KEYED_HASH_BYTES);
        *ret_token = token;
        return 0;
}

int token_use(struct tx *tx, const unsigned char hash[KEYED_HASH_BYTES])
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE token SET used_usec = $1"
                          " WHERE hash = $2 AND used_usec = 0",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_blob(hash, KEYED_HASH_BYTES))),
                BO_ERR_WRONG_CREDENTIALS);
}

int token_sweep(struct tx *tx, uint64_t before_usec)
{
        return store_done(store_run(tx->store,
                                    "DELETE FROM token WHERE hash IN (SELECT hash FROM token"
                                    " WHERE expires_usec < $1 ORDER BY expires_usec LIMIT $2)",
                                    SQL_VALUES(sql_u64(before_usec), sql_int(SWEEP_MAX))));
}
