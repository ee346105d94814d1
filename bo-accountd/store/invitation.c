/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Invitations: accounts that only stand for a user whom another customer wants (R49). */
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/store_private.h"

/* The address, and what stands for an invitation: the address, a space, the uid. One range of the
 * index: what it takes tells nothing of who else is a member. */
int invitation_listed(struct store *store, const char *address, const char *customer)
{
        int64_t n = 0;
        int r = store_query_int(store, &n,
                                "SELECT COUNT(*) FROM membership WHERE customer = $1"
                                " AND name >= $2 AND name < $2 || '!'",
                                SQL_VALUES(sql_text(customer), sql_text(address)));

        return r < 0 ? r : n > 0;
}

int invitation_seen_by(struct store *store, const char *address, uint32_t member_uid,
                       uint32_t *ret_uid)
{
        int64_t uid = 0;
        int r = store_query_int(
                store, &uid,
                "SELECT m.uid FROM membership s JOIN membership m ON m.customer = s.customer"
                " WHERE s.uid = $1 AND s.disabled_usec = 0 AND s.invited = 0"
                " AND m.name > $2 || ' ' AND m.name < $2 || '!' ORDER BY m.uid LIMIT 1",
                SQL_VALUES(sql_int(member_uid), sql_text(address)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_uid = (uint32_t)uid;
        return 0;
}

static int query_open(struct tx *tx, struct sql_rows **ret_rows, const struct account *account,
                      uint32_t after, uint32_t limit)
{
        return store_query(
                tx->store, ret_rows,
                "SELECT a.uid, m.customer, CASE WHEN c.alias = '' THEN c.id ELSE c.alias END,"
                " t.hash FROM account a JOIN membership m ON m.uid = a.uid"
                " JOIN customer c ON c.id = m.customer JOIN token t ON t.uid = a.uid"
                " WHERE a.invites_uid = $1 AND a.invites_uid > 0 AND a.invites_closed_usec = 0"
                " AND a.uid > $2 AND a.uid <> a.invites_uid AND a.email = $3"
                " AND a.deactivated_usec = 0 AND m.disabled_usec = 0 AND m.invited = 1"
                " AND t.used_usec = 0 AND t.address = $3 AND t.expires_usec > $4"
                " AND t.credential_epoch = a.credential_epoch ORDER BY a.uid LIMIT $5",
                SQL_VALUES(sql_int(account->uid), sql_int(after), sql_text(account->name),
                           sql_u64(tx->now_usec), sql_int(limit)));
}

static int read_row(struct sql_rows *rows, struct invitation *ret_row)
{
        ret_row->uid = sql_get_u32(rows, 0);
        sql_copy_text(rows, 1, ret_row->customer, sizeof(ret_row->customer));
        sql_copy_text(rows, 2, ret_row->alias, sizeof(ret_row->alias));
        return sql_copy_blob(rows, 3, ret_row->token, sizeof(ret_row->token));
}

int invitation_list(struct tx *tx, const struct account *account, uint32_t after, uint32_t limit,
                    struct invitation **ret_rows, size_t *ret_n)
{
        _cleanup_(freep) struct invitation *found = calloc(limit, sizeof(*found));
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        size_t n = 0;
        int r = found ? query_open(tx, &rows, account, after, limit) : -ENOMEM;

        while (r == 0 && (r = sql_next(rows)) > 0)
                r = read_row(rows, &found[n++]);
        if (r < 0)
                return r;
        *ret_rows = TAKE_PTR(found);
        *ret_n = n;
        return 0;
}

int invitation_customer(struct store *store, uint32_t uid, char ret_customer[CUSTOMER_ID_SIZE])
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT customer FROM membership"
                            " WHERE uid = $1 AND disabled_usec = 0 AND invited = 1",
                            SQL_VALUES(sql_int(uid)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_NO_SUCH_INVITATION;
        sql_copy_text(rows, 0, ret_customer, CUSTOMER_ID_SIZE);
        return 0;
}
