/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail read again: newest first for people, from the beginning to prove it whole. */
#include "bo-accountd/store/audit_chain.h"

#include <string.h>

/* One text for each index that serves the order. */
static int list_query(struct store *store, struct sql_rows **ret_rows, int64_t before,
                      uint32_t subject_uid, const char *event, uint32_t limit)
{
        bool by_event = event && *event;

        if (subject_uid != AUDIT_NOBODY && by_event)
                return store_query(store, ret_rows,
                                   "SELECT " AUDIT_COLUMNS " FROM audit WHERE sequence < $1"
                                   " AND subject_uid = $2 AND event = $3"
                                   " ORDER BY sequence DESC LIMIT $4",
                                   SQL_VALUES(sql_int(before), sql_int(subject_uid),
                                              sql_text(event), sql_int(limit)));
        if (subject_uid != AUDIT_NOBODY)
                return store_query(
                        store, ret_rows,
                        "SELECT " AUDIT_COLUMNS " FROM audit WHERE sequence < $1"
                        " AND subject_uid = $2 ORDER BY sequence DESC LIMIT $3",
                        SQL_VALUES(sql_int(before), sql_int(subject_uid), sql_int(limit)));
        if (by_event)
                return store_query(store, ret_rows,
                                   "SELECT " AUDIT_COLUMNS " FROM audit WHERE sequence < $1"
                                   " AND event = $2 ORDER BY sequence DESC LIMIT $3",
                                   SQL_VALUES(sql_int(before), sql_text(event), sql_int(limit)));
        return store_query(store, ret_rows,
                           "SELECT " AUDIT_COLUMNS " FROM audit WHERE sequence < $1"
                           " ORDER BY sequence DESC LIMIT $2",
                           SQL_VALUES(sql_int(before), sql_int(limit)));
}

int audit_list(struct store *store, uint64_t before, uint32_t subject_uid, const char *event,
               uint32_t limit, int (*each)(void *userdata, const struct audit_row *row),
               void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int64_t end = before == 0 || before > INT64_MAX ? INT64_MAX : (int64_t)before;
        int r = list_query(store, &rows, end, subject_uid, event, limit);

        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct audit_row row;

                audit_row_read(rows, &row);
                if (!*row.customer)
                        row.customer = NULL;
                if (!*row.detail)
                        row.detail = NULL;
                r = each(userdata, &row);
        }
        return r;
}

/*
 * With the key of the row before, or with a newer one: the trail itself tells from which row on. An
 * older one does not come back, or who has it could go on with it.
 */
static int check_hash(struct audit_head *last, const struct audit_row *row,
                      const unsigned char found[KEYED_HASH_BYTES])
{
        unsigned char right[KEYED_HASH_BYTES];

        for (const struct keys *key = last->key; key; key = key->newer) {
                int r = audit_row_hash(right, key, last->hash, row);

                if (r < 0)
                        return r;
                if (memcmp(found, right, sizeof(right)) != 0)
                        continue;
                memcpy(last->hash, right, sizeof(right));
                last->key = key;
                last->sequence = row->sequence;
                return 0;
        }
        return BO_ERR_AUDIT_BROKEN;
}

/* Does the present row continue the chain that @last has come to? */
static int check_row(struct sql_rows *rows, struct audit_head *last)
{
        unsigned char found[KEYED_HASH_BYTES];
        struct audit_row row;

        audit_row_read(rows, &row);
        if (row.sequence != last->sequence + 1 ||
            sql_copy_blob(rows, AUDIT_HASH_COLUMN, found, sizeof(found)) < 0)
                return BO_ERR_AUDIT_BROKEN;
        return check_hash(last, &row, found);
}

static int check_rows(struct store *store, uint64_t newest, struct audit_head *last)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT " AUDIT_COLUMNS " FROM audit WHERE sequence > $1"
                            " ORDER BY sequence LIMIT 4096",
                            SQL_VALUES(sql_u64(last->sequence)));

        while (r == 0 && (r = sql_next(rows)) > 0) {
                /* Added while we read. */
                if (newest > 0 && last->sequence == newest)
                        return 0;
                r = check_row(rows, last);
        }
        return r;
}

/* The chain up to where the head was when we began, in pieces, so that no reader lasts long. */
static int check_chain(struct store *store, const struct audit_head *head, struct audit_head *last)
{
        int r = 0;

        while (r == 0 && last->sequence < head->sequence) {
                uint64_t from = last->sequence;

                r = check_rows(store, head->sequence, last);
                if (r == 0 && last->sequence == from)
                        return BO_ERR_AUDIT_BROKEN; /* cut off */
        }
        if (r == 0 && memcmp(last->hash, head->hash, sizeof(head->hash)) != 0)
                return BO_ERR_AUDIT_BROKEN;
        return r;
}

/* Rows behind the head are no rows of ours, unless the head has gone on in the meantime. */
static int check_nothing_behind(struct store *store, const struct audit_head *head)
{
        struct audit_head now;
        int64_t newest;
        int r = store_query_int(store, &newest, "SELECT COALESCE(MAX(sequence), 0) FROM audit",
                                SQL_NONE);

        if (r == 0)
                r = audit_head_load(store, &now);
        if (r != 0)
                return r;
        return (uint64_t)newest > now.sequence || now.sequence < head->sequence
                       ? BO_ERR_AUDIT_BROKEN
                       : 0;
}

int audit_verify(struct store *store, uint64_t *ret_rows, uint64_t *ret_bad)
{
        struct audit_head head = {0}, last = {.key = keys_oldest(store->keys)};
        int r = audit_head_load(store, &head);

        if (r == BO_ERR_AUDIT_BROKEN) {
                /* Without the head, the chain may still tell where it breaks. */
                int rows = check_chain(store, &(struct audit_head){.sequence = INT64_MAX}, &last);

                r = rows < 0 ? rows : r;
        } else if (r == 0) {
                r = check_chain(store, &head, &last);
                if (r == 0)
                        r = check_nothing_behind(store, &head);
        }
        if (r < 0)
                return r;
        *ret_rows = last.sequence;
        *ret_bad = r == 0 ? 0 : last.sequence + 1;
        return r;
}

int audit_newest(struct store *store, uint64_t *ret_sequence)
{
        int64_t newest;
        int r = store_query_int(store, &newest, "SELECT COALESCE(MAX(sequence), 0) FROM audit",
                                SQL_NONE);

        if (r == 0)
                *ret_sequence = (uint64_t)newest;
        return r;
}

static int take_hash(struct store *store, struct audit_head *last)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows, "SELECT hash FROM audit WHERE sequence = $1",
                            SQL_VALUES(sql_u64(last->sequence)));

        if (r == 0)
                r = sql_next(rows);
        if (r > 0)
                r = sql_copy_blob(rows, 0, last->hash, sizeof(last->hash)) < 0 ? 0 : 1;
        return r < 0 ? r : r > 0 ? 0 : BO_ERR_AUDIT_BROKEN;
}

int audit_verify_piece(struct store *store, uint64_t from, uint64_t most,
                       struct audit_piece *ret_piece)
{
        struct audit_head head = {0}, end;
        struct audit_head last = {.sequence = from, .key = keys_oldest(store->keys)};
        int r = audit_head_load(store, &head);

        if (r == BO_ERR_AUDIT_BROKEN) {
                /* Without the head, the chain may still tell where it breaks: at its end at last.
                 */
                r = audit_newest(store, &head.sequence);
                head.sequence++;
        }
        end = head;
        if (r == 0 && from > 0)
                r = take_hash(store, &last);
        if (r == 0 && head.sequence > from && head.sequence - from > most)
                end.sequence = from + most;
        while (r == 0 && last.sequence < end.sequence) {
                uint64_t at = last.sequence;

                r = check_rows(store, end.sequence, &last);
                if (r == 0 && last.sequence == at)
                        r = BO_ERR_AUDIT_BROKEN; /* cut off */
        }
        if (r == 0 && last.sequence >= head.sequence)
                r = memcmp(last.hash, head.hash, sizeof(head.hash)) != 0
                            ? BO_ERR_AUDIT_BROKEN
                            : check_nothing_behind(store, &head);
        if (r < 0)
                return r;
        *ret_piece = (struct audit_piece){
                .to = last.sequence, .end = head.sequence, .bad = r == 0 ? 0 : last.sequence + 1};
        return r;
}
