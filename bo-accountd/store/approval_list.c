/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of requests for addresses, and their numbers, all from an index. */
#include "bo-accountd/store/approval_private.h"

static int query_all(struct tx *tx, const struct approval_filter *filter, uint64_t before,
                     struct sql_rows **ret_rows)
{
        const struct sql_value first = sql_u64(before), limit = sql_int(filter->limit);

        if (filter->status < 0)
                return store_query(tx->store, ret_rows,
                                   APPROVAL_SELECT "WHERE id < $1 ORDER BY id DESC LIMIT $2",
                                   SQL_VALUES(first, limit));
        if (filter->status == APPROVAL_EXPIRED)
                return store_query(tx->store, ret_rows,
                                   APPROVAL_SELECT
                                   "WHERE decided_usec = 0 AND revoked_usec = 0 AND id < $1"
                                   " ORDER BY id DESC LIMIT $2",
                                   SQL_VALUES(first, limit));
        return store_query(tx->store, ret_rows,
                           APPROVAL_SELECT
                           "WHERE status = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                           SQL_VALUES(sql_int(filter->status), first, limit));
}

static int query_customer(struct tx *tx, const struct approval_filter *filter, uint64_t before,
                          struct sql_rows **ret_rows)
{
        const struct sql_value customer = sql_text(filter->customer), first = sql_u64(before),
                               limit = sql_int(filter->limit);

        if (filter->status < 0)
                return store_query(tx->store, ret_rows,
                                   APPROVAL_SELECT
                                   "WHERE customer = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
                                   SQL_VALUES(customer, first, limit));
        if (filter->status == APPROVAL_EXPIRED)
                return store_query(tx->store, ret_rows,
                                   APPROVAL_SELECT
                                   "WHERE customer = $1 AND decided_usec = 0 AND revoked_usec = 0"
                                   " AND id < $2 ORDER BY id DESC LIMIT $3",
                                   SQL_VALUES(customer, first, limit));
        return store_query(tx->store, ret_rows,
                           APPROVAL_SELECT "WHERE customer = $1 AND status = $2 AND id < $3"
                                           " ORDER BY id DESC LIMIT $4",
                           SQL_VALUES(customer, sql_int(filter->status), first, limit));
}

/* Pending ones that have expired are stored as pending for a while, so they are looked through. */
int approval_list(struct tx *tx, const struct approval_filter *filter,
                  int (*each)(void *userdata, const struct approval *approval), void *userdata,
                  uint64_t *ret_next)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        uint64_t before = filter->before ? filter->before : INT64_MAX, last = 0;
        bool all = !filter->customer || !*filter->customer;
        struct approval approval;
        uint32_t n = 0;
        int r = all ? query_all(tx, filter, before, &rows)
                    : query_customer(tx, filter, before, &rows);

        while (r == 0 && (r = sql_next(rows)) > 0) {
                r = approval_read(tx, rows, &approval);
                n++;
                last = approval.id;
                if (r == 0 && (filter->status < 0 || (int)approval.status == filter->status))
                        r = each(userdata, &approval);
        }
        if (r != 0)
                return r;
        *ret_next = n == filter->limit ? last : 0;
        return 0;
}

int approval_count(struct store *store, const char *customer, enum approval_status status,
                   uint32_t most, uint32_t *ret_n)
{
        int64_t n = 0;
        int r = store_query_int(store, &n,
                                "SELECT COUNT(*) FROM (SELECT id FROM approval WHERE customer = $1"
                                " AND status = $2 LIMIT $3) AS n",
                                SQL_VALUES(sql_text(customer), sql_int(status), sql_int(most)));

        if (r == 0)
                *ret_n = (uint32_t)n;
        return r;
}

int approval_untaken(struct store *store, uint32_t requester_uid, const char *customer,
                     uint32_t most, uint32_t *ret_n)
{
        int64_t n = 0;
        int r = store_query_int(
                store, &n,
                "SELECT COUNT(*) FROM (SELECT id FROM approval WHERE requester = $1"
                " AND customer = $2 AND status = 1 AND taken_usec = 0 LIMIT $3) AS n",
                SQL_VALUES(sql_int(requester_uid), sql_text(customer), sql_int(most)));

        if (r == 0)
                *ret_n = (uint32_t)n;
        return r;
}
