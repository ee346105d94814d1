/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An invitation becomes a membership of the user whom it invites; it is closed, never reused. */
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/store_private.h"
#include "bo-accountd/store/token.h"

/* One conditional statement: of two that close it at once, one does. */
static int close_one(struct tx *tx, uint32_t uid)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE account SET invites_closed_usec = $1"
                                       " WHERE uid = $2 AND invites_uid > 0"
                                       " AND invites_closed_usec = 0",
                                       SQL_VALUES(sql_u64(tx->now_usec), sql_int(uid))),
                             BO_ERR_NO_SUCH_INVITATION);
}

static int move_membership(struct tx *tx, uint32_t from, const struct account *to,
                           const char *customer)
{
        return store_changed(
                store_run(tx->store,
                          "INSERT INTO membership (uid, customer, name, created_usec, joined_usec,"
                          " restricted)"
                          " SELECT CAST($1 AS BIGINT), customer, $2, created_usec,"
                          " CAST($3 AS BIGINT), restricted"
                          " FROM membership WHERE uid = $4 AND customer = $5"
                          " AND disabled_usec = 0 AND invited = 1"
                          " ON CONFLICT (uid, customer) DO NOTHING",
                          SQL_VALUES(sql_int(to->uid), sql_text(to->name), sql_u64(tx->now_usec),
                                     sql_int(from), sql_text(customer))),
                BO_ERR_NO_SUCH_INVITATION);
}

static int move_roles(struct tx *tx, uint32_t from, const struct account *to, const char *customer)
{
        return store_done(
                store_run(tx->store,
                          "INSERT INTO membership_role (uid, customer, role, name)"
                          " SELECT CAST($1 AS BIGINT), customer, role, $2 FROM membership_role"
                          " WHERE uid = $3 AND customer = $4",
                          SQL_VALUES(sql_int(to->uid), sql_text(to->name), sql_int(from),
                                     sql_text(customer))));
}

static int move_locations(struct tx *tx, uint32_t from, const struct account *to,
                          const char *customer)
{
        return store_done(
                store_run(tx->store,
                          "INSERT INTO membership_location (uid, customer, location)"
                          " SELECT CAST($1 AS BIGINT), customer, location FROM membership_location"
                          " WHERE uid = $2 AND customer = $3",
                          SQL_VALUES(sql_int(to->uid), sql_int(from), sql_text(customer))));
}

static int forget(struct tx *tx, const char *text, uint32_t uid)
{
        return store_done(store_run(tx->store, text, SQL_VALUES(sql_int(uid))));
}

/* No list shows it any more, and its links are dead. */
static int end(struct tx *tx, uint32_t uid)
{
        unsigned ended;
        int r = forget(tx, "DELETE FROM membership_location WHERE uid = $1", uid);

        if (r == 0)
                r = forget(tx, "DELETE FROM membership_role WHERE uid = $1", uid);
        if (r == 0)
                r = forget(tx, "DELETE FROM membership WHERE uid = $1", uid);
        return r == 0 ? token_end_all(tx, uid, &ended) : r;
}

int invitation_accept(struct tx *tx, uint32_t uid, const struct account *account,
                      const char *customer)
{
        int r = move_membership(tx, uid, account, customer);

        if (r == 0)
                r = close_one(tx, uid);
        if (r == 0)
                r = move_roles(tx, uid, account, customer);
        if (r == 0)
                r = move_locations(tx, uid, account, customer);
        if (r == 0)
                r = end(tx, uid);
        return r == 0 ? nss_touch_user(tx, account->uid) : r;
}

int invitation_close_of(struct tx *tx, const struct account *account, const char *customer)
{
        int64_t uid = 0;
        int r = store_query_int(tx->store, &uid,
                                "SELECT a.uid FROM account a"
                                " WHERE a.invites_uid = $1 AND a.invites_uid > 0"
                                " AND a.invites_closed_usec = 0 AND a.uid <> a.invites_uid"
                                " AND EXISTS (SELECT 1 FROM membership m"
                                " WHERE m.uid = a.uid AND m.customer = $2)",
                                SQL_VALUES(sql_int(account->uid), sql_text(customer)));

        if (r < 0)
                return r == -ENODATA ? 0 : r;
        r = close_one(tx, (uint32_t)uid);
        return r == 0 ? end(tx, (uint32_t)uid) : r;
}
