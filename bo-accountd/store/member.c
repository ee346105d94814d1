/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's memberships, and his roles in each (R20). */
#include "bo-accountd/store/customer.h"
#include "bo-accountd/store/group.h"
#include "bo-accountd/store/list.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

struct list {
        struct member_role *rows;
        size_t n, capacity;
};

static void read_row(struct sql_rows *rows, struct member_role *ret_row)
{
        struct member_role *row = ret_row;

        sql_copy_text(rows, 0, row->customer, sizeof(row->customer));
        sql_copy_text(rows, 1, row->role, sizeof(row->role));
        row->disabled = sql_get_int(rows, 2) != 0;
        row->active = !row->disabled && sql_get_int(rows, 3) == 0;
        row->disabled_by_operator = sql_get_int(rows, 4) != 0;
        sql_copy_text(rows, 5, row->disabled_reason, sizeof(row->disabled_reason));
        row->created_usec = sql_get_u64(rows, 6);
        row->joined_usec = sql_get_u64(rows, 7);
}

static int append(struct list *list, struct sql_rows *rows)
{
        int r = list_grow(&list->rows, list->n, &list->capacity, sizeof(*list->rows));

        if (r < 0)
                return r;
        read_row(rows, &list->rows[list->n++]);
        return 0;
}

int member_roles(struct store *store, uint32_t uid, struct member_role **ret_rows, size_t *ret_n)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct list list = {0};
        int r = store_query(store, &rows,
                            "SELECT m.customer, COALESCE(r.role, ''), m.disabled_usec, m.invited,"
                            " m.disabled_by_operator, m.disabled_reason, m.created_usec,"
                            " m.joined_usec FROM membership m"
                            " LEFT JOIN membership_role r"
                            " ON r.uid = m.uid AND r.customer = m.customer"
                            " WHERE m.uid = $1 ORDER BY m.customer, r.role",
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

int member_acting(struct store *store, const struct account *account,
                  char ret_customer[CUSTOMER_ID_SIZE])
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT customer FROM membership"
                            " WHERE uid = $1 AND disabled_usec = 0 AND invited = 0"
                            " ORDER BY CASE WHEN customer = $2 THEN 0 ELSE 1 END, customer LIMIT 1",
                            SQL_VALUES(sql_int(account->uid), sql_text(account->acting_customer)));

        ret_customer[0] = '\0';
        if (r == 0)
                r = sql_next(rows);
        if (r > 0)
                sql_copy_text(rows, 0, ret_customer, CUSTOMER_ID_SIZE);
        return r < 0 ? r : 0;
}

/* An unknown user adds nothing and is noticed by the caller; an unknown customer leads nowhere. */
static int join(struct tx *tx, uint32_t uid, const char *customer)
{
        int r = store_run(
                tx->store,
                "INSERT INTO membership (uid, customer, name, created_usec, joined_usec, invited)"
                " SELECT uid, $1, name, CAST($2 AS BIGINT), CAST($2 AS BIGINT),"
                " CASE WHEN invites_uid > 0 THEN 1 ELSE 0 END"
                " FROM account WHERE uid = $3 ON CONFLICT (uid, customer) DO NOTHING",
                SQL_VALUES(sql_text(customer), sql_u64(tx->now_usec), sql_int(uid)));

        return r == -ENOENT ? BO_ERR_NO_SUCH_CUSTOMER : store_done(r);
}

static int drop_roles(struct tx *tx, uint32_t uid, const char *customer)
{
        return store_done(store_run(tx->store,
                                    "DELETE FROM membership_role WHERE uid = $1 AND customer = $2",
                                    SQL_VALUES(sql_int(uid), sql_text(customer))));
}

static int add_role(struct tx *tx, uint32_t uid, const char *customer, const char *role)
{
        /* bo-c-ID and bo-l-ID are the groups of customers and locations: no role may pass for one.
         */
        if (!*role || strlen(role) >= ROLE_NAME_SIZE || strncmp(role, "c-", 2) == 0 ||
            strncmp(role, "l-", 2) == 0)
                return -EINVAL;
        return store_done(store_run(tx->store,
                                    "INSERT INTO membership_role (uid, customer, role, name)"
                                    " SELECT uid, $1, $2, name FROM account WHERE uid = $3"
                                    " ON CONFLICT (uid, customer, role) DO NOTHING",
                                    SQL_VALUES(sql_text(customer), sql_text(role), sql_int(uid))));
}

int member_join(struct tx *tx, uint32_t uid, const char *customer, const char *const *roles,
                size_t n_roles)
{
        int r = join(tx, uid, customer);

        for (size_t i = 0; r == 0 && i < n_roles; i++)
                r = add_role(tx, uid, customer, roles[i]);
        return r != 0 ? r : nss_touch_user(tx, uid);
}

int member_set_roles(struct tx *tx, uint32_t uid, const char *customer, const char *const *roles,
                     size_t n_roles)
{
        struct account account;
        int r = account_by_uid(tx->store, uid, &account);

        if (r == 0)
                r = nss_touch_user(tx, uid); /* the groups he leaves */
        if (r == 0)
                r = join(tx, uid, customer);
        if (r == 0)
                r = drop_roles(tx, uid, customer);
        for (size_t i = 0; r == 0 && i < n_roles; i++)
                r = add_role(tx, uid, customer, roles[i]);
        return r != 0 ? r : nss_touch_user(tx, uid);
}

int role_in_use(struct store *store, const char *after, char ret_role[ROLE_NAME_SIZE])
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT role FROM membership_role WHERE role > $1"
                            " ORDER BY role LIMIT 1",
                            SQL_VALUES(sql_text(after)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -ENODATA;
        sql_copy_text(rows, 0, ret_role, ROLE_NAME_SIZE);
        return 0;
}
