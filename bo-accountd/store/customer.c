/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers, each with a Unix group of its own. */
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/store_private.h"

static void read_row(struct sql_rows *rows, struct customer *ret_customer)
{
        sql_copy_text(rows, 0, ret_customer->id, sizeof(ret_customer->id));
        sql_copy_text(rows, 1, ret_customer->alias, sizeof(ret_customer->alias));
        ret_customer->created_usec = sql_get_u64(rows, 2);
        ret_customer->gid = sql_get_u32(rows, 3);
        sql_copy_text(rows, 4, ret_customer->type, sizeof(ret_customer->type));
        sql_copy_text(rows, 5, ret_customer->subscription, sizeof(ret_customer->subscription));
}

static int insert(struct tx *tx, const char *id, const char *alias, uint32_t gid)
{
        int r = store_run(
                tx->store,
                "INSERT INTO customer (id, alias, created_usec, gid)"
                " VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
                SQL_VALUES(sql_text(id), sql_text(alias), sql_u64(tx->now_usec), sql_int(gid)));

        return store_changed(r, BO_ERR_CUSTOMER_EXISTS);
}

int customer_insert(struct tx *tx, const char *id, const char *alias, uint32_t gid_first,
                    uint32_t gid_last)
{
        char group[GROUP_NAME_SIZE];
        struct customer present;
        uint32_t gid;
        int r;

        if (snprintf(group, sizeof(group), "bo-c-%s", id) >= (int)sizeof(group))
                return -EINVAL;
        r = customer_load(tx->store, id, &present);
        if (r != BO_ERR_NO_SUCH_CUSTOMER)
                return r == 0 ? BO_ERR_CUSTOMER_EXISTS : r;
        r = group_ensure(tx, group, gid_first, gid_last, &gid);
        return r != 0 ? r : insert(tx, id, alias, gid);
}

int customer_load(struct store *store, const char *id, struct customer *ret_customer)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT id, alias, created_usec, gid, account_type, subscription"
                            " FROM customer WHERE id = $1",
                            SQL_VALUES(sql_text(id)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_NO_SUCH_CUSTOMER;
        read_row(rows, ret_customer);
        return 0;
}

int customer_members(struct store *store, const char *id, uint32_t most, uint32_t *ret_n)
{
        int64_t n = 0;
        int r = store_query_int(store, &n,
                                "SELECT COUNT(*) FROM (SELECT 1 FROM membership WHERE customer = $1"
                                " LIMIT $2) n",
                                SQL_VALUES(sql_text(id), sql_int(most)));

        if (r == 0)
                *ret_n = (uint32_t)n;
        return r;
}

static int query_all(struct store *store, struct sql_rows **ret_rows, const char *after,
                     uint32_t limit)
{
        return store_query(store, ret_rows,
                           "SELECT id, alias, created_usec, gid, account_type, subscription"
                           " FROM customer"
                           " WHERE id > $1 ORDER BY id LIMIT $2",
                           SQL_VALUES(sql_text(after), sql_int(limit)));
}

static int query_of_member(struct store *store, struct sql_rows **ret_rows, uint32_t uid,
                           const char *after, uint32_t limit)
{
        return store_query(
                store, ret_rows,
                "SELECT c.id, c.alias, c.created_usec, c.gid, c.account_type,"
                " c.subscription FROM membership m"
                " JOIN customer c ON c.id = m.customer"
                " WHERE m.uid = $1 AND m.customer > $2"
                " AND m.disabled_usec = 0 AND m.invited = 0 ORDER BY m.customer LIMIT $3",
                SQL_VALUES(sql_int(uid), sql_text(after), sql_int(limit)));
}

int customer_list(struct store *store, uint32_t member_uid, const char *after, uint32_t limit,
                  int (*each)(void *userdata, const struct customer *customer), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = member_uid == 0 ? query_all(store, &rows, after, limit)
                                : query_of_member(store, &rows, member_uid, after, limit);

        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct customer customer;

                read_row(rows, &customer);
                r = each(userdata, &customer);
        }
        return r;
}
