/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Members who may act at some locations alone (R26, R29, R30). */
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/list.h"
#include "bo-accountd/store/location_private.h"

static int note_groups(struct tx *tx, uint32_t uid, const char *customer)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(tx->store, &rows,
                            "SELECT l.gid FROM membership_location m"
                            " JOIN location l ON l.id = m.location"
                            " WHERE m.uid = $1 AND m.customer = $2 AND l.gid > 0",
                            SQL_VALUES(sql_int(uid), sql_text(customer)));

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = nss_touch_group(tx, sql_get_u32(rows, 0));
        return r < 0 ? r : nss_touch_user(tx, uid);
}

static int set_restricted(struct tx *tx, uint32_t uid, const char *customer, bool restricted)
{
        int r = store_run(tx->store,
                          "UPDATE membership SET restricted = $1 WHERE uid = $2 AND customer = $3",
                          SQL_VALUES(sql_int(restricted), sql_int(uid), sql_text(customer)));

        return store_changed(r, BO_ERR_NO_SUCH_USER);
}

static int drop(struct tx *tx, uint32_t uid, const char *customer)
{
        return store_done(store_run(
                tx->store, "DELETE FROM membership_location WHERE uid = $1 AND customer = $2",
                SQL_VALUES(sql_int(uid), sql_text(customer))));
}

static int add(struct tx *tx, uint32_t uid, const char *customer, const char *location)
{
        int r = store_run(tx->store,
                          "INSERT INTO membership_location (uid, customer, location)"
                          " VALUES ($1, $2, $3) ON CONFLICT (uid, customer, location) DO NOTHING",
                          SQL_VALUES(sql_int(uid), sql_text(customer), sql_text(location)));

        return r == -ENOENT ? BO_ERR_NO_SUCH_LOCATION : store_done(r);
}

static int replace(struct tx *tx, uint32_t uid, const char *customer, bool restricted,
                   const char *const *locations, size_t n)
{
        int r = note_groups(tx, uid, customer); /* that he leaves */

        if (r == 0)
                r = set_restricted(tx, uid, customer, restricted);
        if (r == 0)
                r = drop(tx, uid, customer);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = add(tx, uid, customer, locations[i]);
        return r != 0 ? r : note_groups(tx, uid, customer);
}

int member_restrict(struct tx *tx, uint32_t uid, const char *customer, const char *const *locations,
                    size_t n_locations)
{
        return replace(tx, uid, customer, true, locations, n_locations);
}

int member_unrestrict(struct tx *tx, uint32_t uid, const char *customer)
{
        return replace(tx, uid, customer, false, NULL, 0);
}

int member_is_restricted(struct store *store, uint32_t uid, const char *customer, bool *ret)
{
        int64_t restricted = 0;
        int r = store_query_int(store, &restricted,
                                "SELECT restricted FROM membership"
                                " WHERE uid = $1 AND customer = $2",
                                SQL_VALUES(sql_int(uid), sql_text(customer)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret = r == 0 && restricted != 0;
        return 0;
}

int member_may_at(struct store *store, uint32_t uid, const char *customer, const char *location,
                  bool *ret)
{
        int64_t may = 0;
        int r = store_query_int(
                store, &may,
                "SELECT CASE WHEN m.restricted = 0 THEN 1 WHEN EXISTS"
                " (SELECT 1 FROM membership_location l WHERE l.uid = $1 AND l.customer = $2"
                " AND l.location = $3) THEN 1 ELSE 0 END"
                " FROM membership m WHERE m.uid = $1 AND m.customer = $2",
                SQL_VALUES(sql_int(uid), sql_text(customer), sql_text(location)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret = r == 0 && may != 0;
        return 0;
}

struct list {
        struct member_location *rows;
        size_t n, capacity;
};

static int append(struct list *list, struct sql_rows *rows)
{
        int r = list_grow(&list->rows, list->n, &list->capacity, sizeof(*list->rows));

        if (r < 0)
                return r;
        sql_copy_text(rows, 0, list->rows[list->n].customer, CUSTOMER_ID_SIZE);
        sql_copy_text(rows, 1, list->rows[list->n].location, LOCATION_ID_SIZE);
        list->n++;
        return 0;
}

int member_locations(struct store *store, uint32_t uid, struct member_location **ret_rows,
                     size_t *ret_n)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct list list = {0};
        int r = store_query(store, &rows,
                            "SELECT m.customer, COALESCE(l.location, '') FROM membership m"
                            " LEFT JOIN membership_location l"
                            " ON l.uid = m.uid AND l.customer = m.customer"
                            " WHERE m.uid = $1 AND m.restricted = 1"
                            " ORDER BY m.customer, l.location",
                            SQL_VALUES(sql_int(uid)));

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = append(&list, rows);
        if (r < 0) {
                free(list.rows);
                return r;
        }
        *ret_rows = list.rows;
        *ret_n = list.n;
        return 0;
}

int member_count(struct store *store, uint32_t uid, uint32_t *ret_n)
{
        int64_t n = 0;
        int r = store_query_int(store, &n, "SELECT COUNT(*) FROM membership WHERE uid = $1",
                                SQL_VALUES(sql_int(uid)));

        if (r == 0)
                *ret_n = (uint32_t)n;
        return r;
}
