/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail: rows are chained by a keyed hash as they are added, and listed. */
#include "bo-accountd/store/audit_chain.h"

#include "common/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int put_text(FILE *file, const char *text)
{
        uint64_t length = strlen(text);

        return fwrite(&length, sizeof(length), 1, file) == 1 &&
                               fwrite(text, 1, length, file) == length
                       ? 0
                       : -ENOMEM;
}

static int put_row(FILE *file, const unsigned char before[KEYED_HASH_BYTES],
                   const struct audit_row *row)
{
        uint64_t numbers[] = {row->sequence, row->time_usec, row->actor_uid, row->subject_uid};
        int r;

        /* 'r': no row can pass for a seal of the head. */
        if (fputc('r', file) == EOF || fwrite(before, KEYED_HASH_BYTES, 1, file) != 1 ||
            fwrite(numbers, sizeof(numbers), 1, file) != 1)
                return -ENOMEM;
        r = put_text(file, row->event);
        if (r == 0)
                r = put_text(file, row->customer);
        return r < 0 ? r : put_text(file, row->detail);
}

int audit_row_hash(unsigned char out[KEYED_HASH_BYTES], const struct keys *key,
                   const unsigned char before[KEYED_HASH_BYTES], const struct audit_row *row)
{
        _cleanup_(freep) char *bytes = NULL;
        size_t size;
        FILE *file = open_memstream(&bytes, &size);
        int r;

        if (!file)
                return -ENOMEM;
        r = put_row(file, before, row);
        if (fclose(file) != 0 || r < 0)
                return -ENOMEM;
        keys_hash(out, key->audit, bytes, size);
        return 0;
}

static void head_seal(unsigned char out[KEYED_HASH_BYTES], const struct keys *key,
                      const struct audit_head *head)
{
        unsigned char bytes[1 + sizeof(head->sequence) + KEYED_HASH_BYTES] = {'h'};

        memcpy(bytes + 1, &head->sequence, sizeof(head->sequence));
        memcpy(bytes + 1 + sizeof(head->sequence), head->hash, KEYED_HASH_BYTES);
        keys_hash(out, key->audit, bytes, sizeof(bytes));
}

static int may_be_sealed_by(struct store *store, const struct keys *key, bool *ret_may)
{
        int64_t known = 0;
        int r = 0;

        for (const struct keys *k = store->keys->older; k && r == 0 && known == 0; k = k->older)
                if (k == key)
                        r = store_query_int(store, &known,
                                            "SELECT count(*) FROM sealing_key WHERE id = $1",
                                            SQL_VALUES(sql_text(store->keys->id)));
        *ret_may = known == 0;
        return r;
}

static int head_find_key(struct store *store, const unsigned char seal[KEYED_HASH_BYTES],
                         struct audit_head *head)
{
        unsigned char right[KEYED_HASH_BYTES];
        bool may = false;

        KEYS_EACH (key, store->keys) {
                head_seal(right, key, head);
                if (memcmp(seal, right, sizeof(right)) != 0)
                        continue;
                head->key = key;

                int r = may_be_sealed_by(store, key, &may);

                return r < 0 ? r : may ? 0 : BO_ERR_AUDIT_BROKEN;
        }
        return BO_ERR_AUDIT_BROKEN;
}

int audit_head_load(struct store *store, struct audit_head *ret_head)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        unsigned char seal[KEYED_HASH_BYTES];
        struct audit_head head;
        int r = store_query(store, &rows,
                            "SELECT sequence, hash, seal FROM audit_head WHERE id = 1", SQL_NONE);

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : BO_ERR_AUDIT_BROKEN;
        head.sequence = sql_get_u64(rows, 0);
        if (sql_copy_blob(rows, 1, head.hash, sizeof(head.hash)) < 0 ||
            sql_copy_blob(rows, 2, seal, sizeof(seal)) < 0)
                return BO_ERR_AUDIT_BROKEN;
        r = head_find_key(store, seal, &head);
        if (r == 0)
                *ret_head = head;
        return r;
}

int audit_found(struct store *store)
{
        struct audit_head head = {0};
        unsigned char seal[KEYED_HASH_BYTES];

        head_seal(seal, store->keys, &head);
        return store_done(store_run(
                store,
                "INSERT INTO audit_head (id, sequence, hash, seal)"
                " VALUES (1, 0, $1, $2)",
                SQL_VALUES(sql_blob(head.hash, sizeof(head.hash)), sql_blob(seal, sizeof(seal)))));
}

static int head_save(struct store *store, const struct audit_head *head)
{
        unsigned char seal[KEYED_HASH_BYTES];
        int r;

        head_seal(seal, head->key, head);
        r = store_run(store,
                      "UPDATE audit_head SET sequence = $1, hash = $2, seal = $3 WHERE id = 1",
                      SQL_VALUES(sql_u64(head->sequence), sql_blob(head->hash, sizeof(head->hash)),
                                 sql_blob(seal, sizeof(seal))));
        return store_changed(r, -EIO);
}

static int row_insert(struct store *store, const struct audit_row *row,
                      const unsigned char hash[KEYED_HASH_BYTES])
{
        return store_done(store_run(
                store,
                "INSERT INTO audit (sequence, time_usec, event, actor_uid, subject_uid, customer,"
                " detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                SQL_VALUES(sql_u64(row->sequence), sql_u64(row->time_usec), sql_text(row->event),
                           sql_int(row->actor_uid), sql_int(row->subject_uid),
                           sql_text(row->customer), sql_text(row->detail),
                           sql_blob(hash, KEYED_HASH_BYTES))));
}

/* No row ever goes away: one whose text the bus does not take, or that is no line, would stay in
 * the way of each page that it is on. */
static char *clean(const char *text)
{
        size_t size = text ? strlen(text) + 1 : 1;
        char *cleaned = malloc(size);

        if (cleaned)
                text_clean(cleaned, size, text ? text : "", false);
        return cleaned;
}

/* @key NULL: that of the head, so that the keys of the rows never go back in their order. */
static int append_row(struct tx *tx, struct audit_row *row, const struct keys *key)
{
        struct audit_head head;
        int r = audit_head_load(tx->store, &head);

        /* To go on from a head that is not ours would seal what somebody else has made of it. */
        if (r != 0)
                return r < 0 ? r : -EIO;
        if (key)
                head.key = key;
        row->sequence = ++head.sequence;
        r = audit_row_hash(head.hash, head.key, head.hash, row);
        if (r == 0)
                r = row_insert(tx->store, row, head.hash);
        return r < 0 ? r : head_save(tx->store, &head);
}

static int append(struct tx *tx, const struct audit_entry *entry, const struct keys *key)
{
        _cleanup_(freep) char *customer = clean(entry->customer);
        _cleanup_(freep) char *detail = clean(entry->detail);

        if (!customer || !detail)
                return -ENOMEM;
        return append_row(tx,
                          &(struct audit_row){
                                  .time_usec = tx->now_usec,
                                  .event = entry->event,
                                  .customer = customer,
                                  .detail = detail,
                                  .actor_uid = entry->actor_uid,
                                  .subject_uid = entry->subject_uid,
                          },
                          key);
}

int audit_append(struct tx *tx, const struct audit_entry *entry)
{
        return append(tx, entry, NULL);
}

int audit_append_with(struct tx *tx, const struct audit_entry *entry, const struct keys *key)
{
        return append(tx, entry, key);
}

void audit_row_read(struct sql_rows *rows, struct audit_row *ret_row)
{
        *ret_row = (struct audit_row){
                .sequence = sql_get_u64(rows, 0),
                .time_usec = sql_get_u64(rows, 1),
                .event = sql_get_text(rows, 2),
                .actor_uid = sql_get_u32(rows, 3),
                .subject_uid = sql_get_u32(rows, 4),
                .customer = sql_get_text(rows, 5),
                .detail = sql_get_text(rows, 6),
        };
}

int audit_count(struct store *store, uint64_t *ret_rows)
{
        struct audit_head head;
        int r = audit_head_load(store, &head);

        if (r == 0)
                *ret_rows = head.sequence;
        return r;
}
