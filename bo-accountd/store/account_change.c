/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of one fact of a user. */
#include "bo-accountd/store/account_search.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

int account_deactivate(struct tx *tx, uint32_t uid, const char *reason, bool by_operator)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE account SET deactivated_usec = $1,"
                          " deactivated_reason = $2, deactivated_by_operator = $3 WHERE uid = $4",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_text(reason), sql_int(by_operator),
                                     sql_int(uid))),
                BO_ERR_NO_SUCH_USER);
}

int account_enable(struct tx *tx, uint32_t uid)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE account SET deactivated_usec = 0,"
                          " deactivated_reason = '', deactivated_by_operator = 0 WHERE uid = $1",
                          SQL_VALUES(sql_int(uid))),
                BO_ERR_NO_SUCH_USER);
}

int account_set_full_name(struct tx *tx, uint32_t uid, const char *full_name)
{
        int r = store_changed(store_run(tx->store,
                                        "UPDATE account SET full_name = $1 WHERE uid = $2",
                                        SQL_VALUES(sql_text(full_name), sql_int(uid))),
                              BO_ERR_NO_SUCH_USER);

        if (r == 0)
                r = account_index_change(tx, uid);
        return r != 0 ? r : nss_touch_user(tx, uid);
}

int account_logged_in(struct tx *tx, uint32_t uid)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE account SET last_login_usec = $1, seen_usec = $1,"
                                       " idle_marked_usec = 0, active_epoch = $2 WHERE uid = $3",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_int(tx->clock_epoch),
                                                  sql_int(uid))),
                             BO_ERR_NO_SUCH_USER);
}

int account_admin_reset(struct tx *tx, uint32_t uid)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE account SET admin_reset_usec = $1, seen_usec = $1,"
                                       " idle_marked_usec = 0, active_epoch = $2 WHERE uid = $3",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_int(tx->clock_epoch),
                                                  sql_int(uid))),
                             BO_ERR_NO_SUCH_USER);
}

int account_mark_idle(struct tx *tx, uint32_t uid)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE account SET idle_marked_usec = $1 WHERE uid = $2",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid))),
                             BO_ERR_NO_SUCH_USER);
}

int account_activate_api(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(
                tx->store,
                "UPDATE account SET activated_usec = $1, seen_usec = $1,"
                " active_epoch = $2 WHERE uid = $3 AND activated_usec = 0"
                " AND is_api = 1",
                SQL_VALUES(sql_u64(tx->now_usec), sql_int(tx->clock_epoch), sql_int(uid))));
}

int account_expiry_told(struct tx *tx, uint32_t uid)
{
        return store_changed(
                store_run(tx->store,
                          "UPDATE account SET expiry_told_epoch = credential_epoch WHERE uid = $1",
                          SQL_VALUES(sql_int(uid))),
                BO_ERR_NO_SUCH_USER);
}
