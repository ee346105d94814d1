/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that were asked for: made, loaded, found by an address. */
#include "bo-accountd/store/approval_private.h"

static int insert(struct tx *tx, const struct approval *approval, int64_t id)
{
        unsigned char key[NETWORK_KEY_SIZE];

        network_key(key, &approval->network);
        return store_run(tx->store,
                         "INSERT INTO approval (id, customer, network, comment, requester,"
                         " requested_usec, expires_usec, clock_epoch, status, decided_usec,"
                         " decided_by, revoked_usec, revoked_by, reason, taken_usec)"
                         " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 0, 0, '', 0)",
                         SQL_VALUES(sql_int(id), sql_text(approval->customer),
                                    sql_blob(key, sizeof(key)), sql_text(approval->comment),
                                    sql_int(approval->requester_uid), sql_u64(tx->now_usec),
                                    sql_u64(approval->expires_usec), sql_int(tx->clock_epoch)));
}

int approval_insert(struct tx *tx, const struct approval *approval, uint64_t *ret_id)
{
        uint64_t listed = 0;
        int64_t id = 0;
        int r = approval_listed(tx->store, approval->customer, &approval->network, &listed);

        if (r != 0 || listed != 0)
                return r != 0 ? r : BO_ERR_ADDRESS_LISTED;
        r = store_query_int(tx->store, &id,
                            "UPDATE counter SET value = value + 1"
                            " WHERE name = 'approval' RETURNING value",
                            SQL_NONE);
        if (r < 0)
                return r == -ENODATA ? -EIO : r;
        r = insert(tx, approval, id);
        if (r < 0)
                return r;
        *ret_id = (uint64_t)id;
        return 0;
}

int approval_read(struct tx *tx, struct sql_rows *rows, struct approval *ret_approval)
{
        struct approval approval = {
                .id = sql_get_u64(rows, 0),
                .requester_uid = sql_get_u32(rows, 4),
                .requested_usec = sql_get_u64(rows, 5),
                .expires_usec = sql_get_u64(rows, 6),
                .decided_usec = sql_get_u64(rows, 9),
                .decided_uid = sql_get_u32(rows, 10),
                .revoked_usec = sql_get_u64(rows, 11),
                .revoked_uid = sql_get_u32(rows, 12),
                .taken_usec = sql_get_u64(rows, 14),
        };
        enum approval_status stored = (enum approval_status)sql_get_int(rows, 8);
        unsigned char key[NETWORK_KEY_SIZE];
        uint64_t latest_usec = 0;
        int r = sql_copy_blob(rows, 2, key, sizeof(key));

        if (r < 0 || !network_from_key(&approval.network, key, sizeof(key)))
                return -EIO;
        sql_copy_text(rows, 1, approval.customer, sizeof(approval.customer));
        sql_copy_text(rows, 3, approval.comment, sizeof(approval.comment));
        sql_copy_text(rows, 13, approval.reason, sizeof(approval.reason));
        if (stored == APPROVAL_PENDING)
                r = tx_high_since(tx, sql_get_int(rows, 7), &latest_usec);
        if (r < 0)
                return r;
        approval.status = approval_status_at(stored, approval.expires_usec, latest_usec);
        *ret_approval = approval;
        return 0;
}

int approval_load(struct tx *tx, uint64_t id, struct approval *ret_approval)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(tx->store, &rows, APPROVAL_SELECT "WHERE id = $1",
                            SQL_VALUES(sql_u64(id)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_NO_SUCH_APPROVAL;
        return approval_read(tx, rows, ret_approval);
}

static int find_pending(struct store *store, const char *customer, const unsigned char *key,
                        int64_t *ret_id)
{
        return store_query_int(
                store, ret_id,
                "SELECT id FROM approval WHERE customer = $1 AND network = $2 AND status = 0",
                SQL_VALUES(sql_text(customer), sql_blob(key, NETWORK_KEY_SIZE)));
}

static int find_approved(struct store *store, const char *customer, const unsigned char *key,
                         int64_t *ret_id)
{
        return store_query_int(
                store, ret_id,
                "SELECT id FROM approval WHERE customer = $1 AND network = $2 AND status = 1",
                SQL_VALUES(sql_text(customer), sql_blob(key, NETWORK_KEY_SIZE)));
}

int approval_listed(struct store *store, const char *customer, const struct network *network,
                    uint64_t *ret_id)
{
        unsigned char key[NETWORK_KEY_SIZE];
        int64_t id = 0;
        int r;

        network_key(key, network);
        r = find_approved(store, customer, key, &id);
        if (r == -ENODATA)
                r = find_pending(store, customer, key, &id);
        if (r < 0 && r != -ENODATA)
                return r;
        *ret_id = r == 0 ? (uint64_t)id : 0;
        return 0;
}

/* The last range at or before @network in their order: 1 and its id, 0 if there is none. */
static int find_before(struct store *store, const char *customer, const struct network *network,
                       struct network *ret_found, uint64_t *ret_id)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        unsigned char key[NETWORK_KEY_SIZE];
        int r;

        network_key(key, network);
        r = store_query(store, &rows,
                        "SELECT network, id FROM approval WHERE customer = $1 AND status = 1"
                        " AND network <= $2 ORDER BY network DESC LIMIT 1",
                        SQL_VALUES(sql_text(customer), sql_blob(key, sizeof(key))));
        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r;
        r = sql_copy_blob(rows, 0, key, sizeof(key));
        if (r < 0 || !network_from_key(ret_found, key, sizeof(key)))
                return -EIO;
        *ret_id = sql_get_u64(rows, 1);
        return 1;
}

/* As terminal_find(): what holds @address stands before it in the order, the narrowest last. If the
 * one before it does not, what does holds both. At most one step for each length of a prefix. */
int approval_find_address(struct store *store, const char *customer, const struct network *address,
                          uint64_t *ret_id)
{
        struct network from = *address, found;
        uint64_t id = 0;
        int r;

        while ((r = find_before(store, customer, &from, &found, &id)) > 0) {
                if (network_contains(&found, address)) {
                        *ret_id = id;
                        return 0;
                }
                if (!network_common(&from, address, &found))
                        break; /* another family */
        }
        if (r < 0)
                return r;
        *ret_id = 0;
        return 0;
}
