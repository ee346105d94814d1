/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* New users, and the numbers and names that are given once and never again (R17, R43). */
#include "bo-accountd/store/account_search.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/store_private.h"

int counter_take(struct tx *tx, const char *name, uint32_t first, uint32_t last, uint32_t *ret)
{
        int64_t value;
        int r = store_query_int(
                tx->store, &value,
                "UPDATE counter SET value = CASE WHEN value < $1 THEN $1 ELSE value + 1 END"
                " WHERE name = $2 AND value < $3 AND $1 <= $3 RETURNING value",
                SQL_VALUES(sql_int(first), sql_text(name), sql_int(last)));

        if (r < 0)
                return r == -ENODATA ? BO_ERR_UIDS_EXHAUSTED : r;
        *ret = (uint32_t)value;
        return 0;
}

int account_next_uid(struct store *store, uint32_t uid_first, uint32_t uid_last, uint32_t *ret_uid)
{
        int64_t value;
        int r = store_query_int(store, &value, "SELECT value FROM counter WHERE name = 'uid'",
                                SQL_NONE);

        if (r < 0)
                return r == -ENODATA ? -EIO : r;
        value = value < uid_first ? uid_first : value + 1;
        if (value > uid_last)
                return BO_ERR_UIDS_EXHAUSTED;
        *ret_uid = (uint32_t)value;
        return 0;
}

int account_skip_uid(struct tx *tx, uint32_t uid)
{
        return store_done(store_run(
                tx->store, "UPDATE counter SET value = $1 WHERE name = 'uid' AND value < $1",
                SQL_VALUES(sql_int(uid))));
}

int name_insert(struct tx *tx, const char *name, uint32_t uid)
{
        int r = store_run(tx->store,
                          "INSERT INTO name (name, uid, retired_usec) VALUES ($1, $2, 0)"
                          " ON CONFLICT (name) DO NOTHING",
                          SQL_VALUES(sql_text(name), sql_int(uid)));

        return store_changed(r, BO_ERR_NAME_TAKEN);
}

int account_name_used(struct store *store, const char *name)
{
        int64_t uid;
        int r = store_query_int(store, &uid, "SELECT uid FROM name WHERE name = $1",
                                SQL_VALUES(sql_text(name)));

        return r == 0 ? 1 : r == -ENODATA ? 0 : r;
}

static uint64_t seen_usec(const struct account *account)
{
        uint64_t latest = account->activated_usec;

        if (account->last_login_usec > latest)
                latest = account->last_login_usec;
        return account->admin_reset_usec > latest ? account->admin_reset_usec : latest;
}

static int row_insert(struct tx *tx, const struct account *account, uint32_t uid, const char *name)
{
        return store_done(store_run(
                tx->store,
                "INSERT INTO account (uid, name, email, full_name, home, shell, is_api, verified,"
                " created_usec, activated_usec, deactivated_usec, deactivated_reason,"
                " password_hash, password_changed_usec, must_change, credential_epoch,"
                " last_login_usec, admin_reset_usec, idle_marked_usec, active_epoch, seen_usec,"
                " generated)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
                " $17, $18, $19, $20, $21, $22)",
                SQL_VALUES(sql_int(uid), sql_text(name), sql_text(account->email),
                           sql_text(account->full_name), sql_text(account->home),
                           sql_text(account->shell), sql_int(account->is_api),
                           sql_int(account->verified), sql_u64(tx->now_usec),
                           sql_u64(account->activated_usec), sql_u64(account->deactivated_usec),
                           sql_text(account->deactivated_reason), sql_text(account->password_hash),
                           sql_u64(account->password_changed_usec), sql_int(account->must_change),
                           sql_int(account->credential_epoch), sql_u64(account->last_login_usec),
                           sql_u64(account->admin_reset_usec), sql_u64(account->idle_marked_usec),
                           sql_int(tx->clock_epoch), sql_u64(seen_usec(account)),
                           sql_int(account->generated))));
}

int account_take_uid(struct tx *tx, uint32_t uid_first, uint32_t uid_last, uint32_t *ret_uid)
{
        return counter_take(tx, "uid", uid_first, uid_last, ret_uid);
}

int account_put(struct tx *tx, const struct account *account, uint32_t uid)
{
        int r = name_insert(tx, account->name, uid);

        if (r == 0)
                r = row_insert(tx, account, uid, account->name);
        return r == 0 ? nss_touch_user(tx, uid) : r;
}

int account_insert(struct tx *tx, const struct account *account, uint32_t uid_first,
                   uint32_t uid_last, uint32_t *ret_uid)
{
        uint32_t uid;
        int r = account_name_used(tx->store, account->name);

        if (r > 0)
                return BO_ERR_NAME_TAKEN;
        if (r == 0)
                r = account_take_uid(tx, uid_first, uid_last, &uid);
        if (r == 0)
                r = account_put(tx, account, uid);
        if (r == 0)
                r = account_index_put(tx, account, uid);
        if (r != 0)
                return r;
        *ret_uid = uid;
        return 0;
}

static int mark_invitation(struct tx *tx, uint32_t uid, uint32_t invites_uid)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE account SET invites_uid = $1 WHERE uid = $2",
                                       SQL_VALUES(sql_int(invites_uid), sql_int(uid))),
                             -EIO);
}

/* Its name is unique by the uid, and nobody can type it: names have no spaces. */
int invitation_insert(struct tx *tx, const struct account *account, uint32_t uid_first,
                      uint32_t uid_last, uint32_t *ret_uid)
{
        char name[NAME_MAX_BYTES + 16];
        uint32_t uid;
        int r = counter_take(tx, "uid", uid_first, uid_last, &uid);

        if (r != 0)
                return r;
        snprintf(name, sizeof(name), "%s %u", account->name, uid);
        r = row_insert(tx, account, uid, name);
        if (r == 0)
                r = mark_invitation(tx, uid,
                                    account->invites_uid == INVITES_NOBODY ? uid
                                                                           : account->invites_uid);
        if (r != 0)
                return r;
        *ret_uid = uid;
        return 0;
}
