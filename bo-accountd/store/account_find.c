/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users whom time has brought somewhere: each search by an index that holds those alone. */
#include "bo-accountd/store/account.h"
#include "bo-accountd/store/store_private.h"

/* The uids that a statement with the arguments @before_usec and @limit finds. */
static int find_uids(struct store *store, const char *text, uint64_t before_usec, uint32_t limit,
                     uint32_t **ret_uids, size_t *ret_n)
{
        _cleanup_(freep) uint32_t *uids = calloc(limit, sizeof(*uids));
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        size_t n = 0;
        int r = uids ? 0 : -ENOMEM;

        if (r == 0)
                r = store_query(store, &rows, text,
                                SQL_VALUES(sql_u64(before_usec), sql_int(limit)));
        while (r >= 0 && (r = sql_next(rows)) > 0)
                uids[n++] = sql_get_u32(rows, 0);
        if (r < 0)
                return r;
        *ret_uids = TAKE_PTR(uids);
        *ret_n = n;
        return 0;
}

int account_quiet(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                  size_t *ret_n)
{
        return find_uids(store,
                         "SELECT uid FROM account WHERE seen_usec <= $1"
                         " AND idle_marked_usec = 0 AND deactivated_usec = 0"
                         " AND activated_usec > 0 ORDER BY seen_usec LIMIT $2",
                         before_usec, limit, ret_uids, ret_n);
}

int account_aging(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                  size_t *ret_n)
{
        return find_uids(store,
                         "SELECT uid FROM account WHERE password_changed_usec <= $1"
                         " AND is_api = 0 AND deactivated_usec = 0 AND activated_usec > 0"
                         " AND expiry_told_epoch < credential_epoch"
                         " ORDER BY password_changed_usec LIMIT $2",
                         before_usec, limit, ret_uids, ret_n);
}

int account_api_aged(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                     size_t *ret_n)
{
        return find_uids(store,
                         "SELECT uid FROM account WHERE password_changed_usec <= $1"
                         " AND is_api = 1 AND deactivated_usec = 0 AND password_hash <> ''"
                         " ORDER BY password_changed_usec LIMIT $2",
                         before_usec, limit, ret_uids, ret_n);
}

int account_idle(struct store *store, uint32_t limit, uint32_t **ret_uids, size_t *ret_n)
{
        return find_uids(store,
                         "SELECT uid FROM account WHERE idle_marked_usec > $1"
                         " AND idle_marked_usec > 0 AND deactivated_usec = 0"
                         " ORDER BY idle_marked_usec LIMIT $2",
                         0, limit, ret_uids, ret_n);
}

int account_pending(struct store *store, uint64_t before_usec, uint32_t limit, uint32_t **ret_uids,
                    size_t *ret_n)
{
        return find_uids(store,
                         "SELECT uid FROM account WHERE created_usec <= $1"
                         " AND activated_usec = 0 AND deactivated_usec = 0 AND invites_uid = 0"
                         " ORDER BY created_usec LIMIT $2",
                         before_usec, limit, ret_uids, ret_n);
}

int account_key_unused(struct store *store, uint64_t before_usec, uint32_t limit,
                       uint32_t **ret_uids, size_t *ret_n)
{
        return find_uids(store,
                         "SELECT uid FROM api_key WHERE used_usec <= $1 AND created_usec <= $1"
                         " ORDER BY used_usec, created_usec LIMIT $2",
                         before_usec, limit, ret_uids, ret_n);
}
