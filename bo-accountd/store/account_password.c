/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords: the present one, those before it (R45 to R47), and what a change puts an end to. */
#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store_private.h"

static int remember_present(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(
                tx->store,
                "INSERT INTO password_history (uid, credential_epoch, password_hash, replaced_usec)"
                " SELECT uid, credential_epoch, password_hash, CAST($1 AS BIGINT) FROM account"
                " WHERE uid = $2 AND password_hash <> ''",
                SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid))));
}

static int replace_present(struct tx *tx, uint32_t uid, const char *hash, bool must_change)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE account SET password_hash = $1, password_changed_usec = $2,"
                          " must_change = $3, credential_epoch = credential_epoch + 1,"
                          " active_epoch = CASE WHEN activated_usec = 0 THEN $4"
                          " ELSE active_epoch END,"
                          " seen_usec = CASE WHEN activated_usec = 0 THEN $2"
                          " ELSE seen_usec END,"
                          " activated_usec = CASE WHEN activated_usec = 0 THEN $2"
                          " ELSE activated_usec END WHERE uid = $5",
                          SQL_VALUES(sql_text(hash), sql_u64(tx->now_usec), sql_int(must_change),
                                     sql_int(tx->clock_epoch), sql_int(uid))),
                BO_ERR_NO_SUCH_USER);
}

static int end_tokens(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(tx->store,
                                    "UPDATE token SET used_usec = $1"
                                    " WHERE uid = $2 AND used_usec = 0",
                                    SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid))));
}

int account_set_password(struct tx *tx, uint32_t uid, const char *hash, bool must_change)
{
        int r = remember_present(tx, uid);

        if (r == 0)
                r = replace_present(tx, uid, hash, must_change);
        return r != 0 ? r : end_tokens(tx, uid);
}

static int forget_present(struct tx *tx, uint32_t uid)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE account SET password_hash = '', password_changed_usec = 0,"
                          " must_change = 0, activated_usec = 0,"
                          " credential_epoch = credential_epoch + 1 WHERE uid = $1",
                          SQL_VALUES(sql_int(uid))),
                BO_ERR_NO_SUCH_USER);
}

int account_drop_password(struct tx *tx, uint32_t uid)
{
        int r = remember_present(tx, uid);

        if (r == 0)
                r = forget_present(tx, uid);
        return r != 0 ? r : end_tokens(tx, uid);
}

int account_rehash(struct tx *tx, uint32_t uid, const char *old_hash, const char *new_hash)
{
        return store_done(store_run(
                tx->store,
                "UPDATE account SET password_hash = $1 WHERE uid = $2 AND password_hash = $3",
                SQL_VALUES(sql_text(new_hash), sql_int(uid), sql_text(old_hash))));
}

int account_password_history(struct store *store, uint32_t uid,
                             int (*each)(void *userdata, size_t index, const char *hash,
                                         uint64_t replaced_usec),
                             void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        size_t index = 0;
        int r = store_query(store, &rows,
                            "SELECT password_hash, 0, credential_epoch FROM account"
                            " WHERE uid = $1 AND password_hash <> ''"
                            " UNION ALL SELECT password_hash, replaced_usec, credential_epoch"
                            " FROM password_history WHERE uid = $1 ORDER BY 3 DESC",
                            SQL_VALUES(sql_int(uid)));

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = each(userdata, index++, sql_get_text(rows, 0), sql_get_u64(rows, 1));
        return r;
}

int account_trim_history(struct tx *tx, uint32_t uid, uint32_t keep, uint64_t before_usec)
{
        return store_done(store_run(
                tx->store,
                "DELETE FROM password_history WHERE uid = $1 AND replaced_usec < $2"
                " AND credential_epoch NOT IN (SELECT credential_epoch FROM password_history"
                " WHERE uid = $1 ORDER BY credential_epoch DESC LIMIT $3)",
                SQL_VALUES(sql_int(uid), sql_u64(before_usec), sql_int(keep))));
}
