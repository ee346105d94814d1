/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a request for an address: each step once, by a conditional update. */
#include "bo-accountd/store/approval_private.h"

int approval_answer(struct tx *tx, uint64_t id, bool yes, uint32_t by, const char *reason)
{
        int r = store_run(tx->store,
                          "UPDATE approval SET status = $1, decided_usec = $2, decided_by = $3,"
                          " reason = $4 WHERE id = $5 AND status = 0",
                          SQL_VALUES(sql_int(yes ? APPROVAL_APPROVED : APPROVAL_REJECTED),
                                     sql_u64(tx->now_usec), sql_int(by), sql_text(reason),
                                     sql_u64(id)));

        return store_changed(r, BO_ERR_APPROVAL_DECIDED);
}

int approval_revoke(struct tx *tx, uint64_t id, uint32_t by, const char *reason)
{
        int r = store_run(
                tx->store,
                "UPDATE approval SET status = 3, revoked_usec = $1, revoked_by = $2,"
                " reason = $3 WHERE id = $4 AND status <= 1",
                SQL_VALUES(sql_u64(tx->now_usec), sql_int(by), sql_text(reason), sql_u64(id)));

        return store_changed(r, BO_ERR_APPROVAL_DECIDED);
}

int approval_set_expired(struct tx *tx, uint64_t id)
{
        int r = store_run(tx->store, "UPDATE approval SET status = 4 WHERE id = $1 AND status = 0",
                          SQL_VALUES(sql_u64(id)));

        return store_changed(r, BO_ERR_APPROVAL_DECIDED);
}

int approval_take(struct tx *tx, uint64_t id)
{
        int r = store_run(tx->store,
                          "UPDATE approval SET taken_usec = $1"
                          " WHERE id = $2 AND status = 1 AND taken_usec = 0",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_u64(id)));

        return store_changed(r, BO_ERR_TOKEN_TAKEN);
}

int approval_overdue(struct tx *tx, uint64_t *ret_id)
{
        int64_t id = 0;
        int r = store_query_int(tx->store, &id,
                                "SELECT id FROM approval WHERE status = 0 AND expires_usec <= $1"
                                " ORDER BY expires_usec LIMIT 1",
                                SQL_VALUES(sql_u64(tx->now_usec)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_id = r == 0 ? (uint64_t)id : 0;
        return 0;
}

int approval_find_expired(struct tx *tx, const char *customer, uint64_t *ret_id)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        struct approval approval;
        int r = store_query(tx->store, &rows, APPROVAL_SELECT "WHERE customer = $1 AND status = 0",
                            SQL_VALUES(sql_text(customer)));

        *ret_id = 0;
        while (r == 0 && *ret_id == 0 && (r = sql_next(rows)) > 0) {
                r = approval_read(tx, rows, &approval);
                if (r == 0 && approval.status == APPROVAL_EXPIRED)
                        *ret_id = approval.id;
        }
        return r;
}
