/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All users, one after another, and what of them no other list tells: for export and import. */
#include "bo-accountd/store/account_columns.h"

int account_put_former_name(struct tx *tx, uint32_t uid, const char *name)
{
        int r = store_run(tx->store,
                          "INSERT INTO name (name, uid, retired_usec) VALUES ($1, $2, $3)"
                          " ON CONFLICT (name) DO NOTHING",
                          SQL_VALUES(sql_text(name), sql_int(uid), sql_u64(tx->now_usec)));

        return store_changed(r, BO_ERR_NAME_TAKEN);
}

int account_former_names(struct store *store, uint32_t uid,
                         int (*each)(void *userdata, const char *name), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT name FROM name WHERE uid = $1 AND retired_usec > 0"
                            " ORDER BY name",
                            SQL_VALUES(sql_int(uid)));

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = each(userdata, sql_get_text(rows, 0));
        return r;
}

int account_walk(struct store *store, uint32_t after, uint32_t limit,
                 int (*each)(void *userdata, const struct account *account), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT " ACCOUNT_COLUMNS " FROM account a"
                            " WHERE a.uid > $1 AND a.invites_uid = 0 ORDER BY a.uid LIMIT $2",
                            SQL_VALUES(sql_int(after), sql_int(limit)));

        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct account account;

                account_read(rows, &account);
                r = each(userdata, &account);
        }
        return r;
}
