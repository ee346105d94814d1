/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user gets another name; the old one is dead for ever (R42, R43). */
#include "bo-accountd/store/account_search.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

static int retire_present(struct tx *tx, uint32_t uid)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE name SET retired_usec = $1"
                                       " WHERE name = (SELECT name FROM account WHERE uid = $2)",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid))),
                             BO_ERR_NO_SUCH_USER);
}

/* Memberships follow by the schema's ON UPDATE CASCADE. */
static int replace_name(struct tx *tx, uint32_t uid, const char *email)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE account SET name = $1, email = $1, verified = 1,"
                                       " generated = 0 WHERE uid = $2",
                                       SQL_VALUES(sql_text(email), sql_int(uid))),
                             BO_ERR_NO_SUCH_USER);
}

int account_rename(struct tx *tx, uint32_t uid, const char *email)
{
        int r = account_name_used(tx->store, email);

        if (r > 0)
                return BO_ERR_NAME_TAKEN;
        if (r == 0)
                r = retire_present(tx, uid);
        if (r == 0)
                r = name_insert(tx, email, uid);
        if (r == 0)
                r = replace_name(tx, uid, email);
        if (r == 0)
                r = account_index_change(tx, uid);
        return r != 0 ? r : nss_touch_user(tx, uid);
}
