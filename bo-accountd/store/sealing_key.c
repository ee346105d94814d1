/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which keys of the ring came in force, what hangs on each, and what moves to the present one. */
#include "bo-accountd/store/sealing_key.h"

#include "bo-accountd/store/audit_chain.h"
#include "bo-accountd/store/copy.h"
#include "common/clock.h"

#include <string.h>

/* The mark before a verifier: "$k=" and the id (factor/password.c). */
#define MARK_SIZE (3 + KEY_ID_SIZE)

/* Before this migration there was one key. */
#define KEYS_SINCE_SCHEMA 17

static const char *unmarked(const struct keys *key)
{
        return key == keys_oldest(key) ? "" : key->id;
}

int sealing_key_found(struct store *store)
{
        int64_t since;
        int r = store_query_int(store, &since,
                                "SELECT COALESCE((SELECT time_usec FROM audit WHERE sequence = 1),"
                                " CAST($1 AS BIGINT))",
                                SQL_VALUES(sql_u64(clock_realtime_usec())));

        return r < 0 ? r
                     : store_done(store_run(
                               store,
                               "INSERT INTO sealing_key (number, id, since_usec,"
                               " retired_usec) VALUES (1, $1, $2, 0)",
                               SQL_VALUES(sql_text(keys_oldest(store->keys)->id), sql_int(since))));
}

int sealing_key_load(struct store *store, const char *id, struct sealing_key *ret_key)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT since_usec, retired_usec FROM sealing_key WHERE id = $1",
                            SQL_VALUES(sql_text(id)));

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -ENODATA;
        *ret_key = (struct sealing_key){
                .since_usec = sql_get_u64(rows, 0),
                .retired_usec = sql_get_u64(rows, 1),
        };
        snprintf(ret_key->id, sizeof(ret_key->id), "%s", id);
        return 0;
}

static int insert(struct tx *tx, const struct keys *key)
{
        return store_done(store_run(tx->store,
                                    "INSERT INTO sealing_key (number, id, since_usec, retired_usec)"
                                    " SELECT MAX(number) + 1, CAST($1 AS TEXT),"
                                    " CAST($2 AS BIGINT), 0 FROM sealing_key",
                                    SQL_VALUES(sql_text(key->id), sql_u64(tx->now_usec))));
}

int sealing_key_put_in_force(struct tx *tx, const struct keys *key, bool *ret_new)
{
        char detail[KEY_ID_SIZE + 4];
        const struct audit_entry entry = {
                .event = "sealing-key-in-force",
                .actor_uid = AUDIT_NOBODY,
                .subject_uid = AUDIT_NOBODY,
                .detail = detail,
        };
        struct sealing_key known;
        int r = sealing_key_load(tx->store, key->id, &known);

        snprintf(detail, sizeof(detail), "key=%s", key->id);
        *ret_new = r == -ENODATA;
        if (r != -ENODATA)
                return r;
        r = audit_append_with(tx, &entry, key);
        return r == 0 ? insert(tx, key) : r;
}

int sealing_key_retire(struct tx *tx, const char *id)
{
        return store_done(store_run(tx->store,
                                    "UPDATE sealing_key SET retired_usec = $1 WHERE id = $2",
                                    SQL_VALUES(sql_u64(tx->now_usec), sql_text(id))));
}

static int count_passwords(struct tx *tx, const struct keys *key, int64_t *ret_n)
{
        char mark[MARK_SIZE];
        int64_t marked, plain = 0;
        int r;

        snprintf(mark, sizeof(mark), "$k=%s", key->id);
        r = store_query_int(tx->store, &marked,
                            "SELECT count(*) FROM account WHERE substr(password_hash, 1, 19) = $1",
                            SQL_VALUES(sql_text(mark)));
        if (r == 0 && !*unmarked(key))
                r = store_query_int(tx->store, &plain,
                                    "SELECT count(*) FROM account"
                                    " WHERE substr(password_hash, 1, 19) >= '$argon2id$'"
                                    " AND substr(password_hash, 1, 19) < '$argon2id%'",
                                    SQL_NONE);
        if (r == 0)
                *ret_n = marked + plain;
        return r;
}

/* One text for each table: $1 the id, $2 "" too for the oldest key; tokens are good after $3. */
static int count(struct tx *tx, const struct keys *key, const char *text, bool by_time,
                 uint64_t *ret_n)
{
        const struct sql_value values[] = {sql_text(key->id), sql_text(unmarked(key)),
                                           sql_u64(tx->now_usec)};
        int64_t n;
        int r = store_query_int(tx->store, &n, text, values, by_time ? 3 : 2);

        if (r == 0)
                *ret_n = (uint64_t)n;
        return r;
}

int sealing_key_uses(struct tx *tx, const struct keys *key, struct sealing_uses *ret_uses)
{
        struct sealing_uses uses = {0};
        int64_t passwords = 0;
        int r = count_passwords(tx, key, &passwords);

        if (r == 0)
                r = count(tx, key, "SELECT count(*) FROM api_key WHERE key_id IN ($1, $2)", false,
                          &uses.api_keys);
        if (r == 0)
                r = count(tx, key,
                          "SELECT count(*) FROM recovery_code"
                          " WHERE key_id IN ($1, $2) AND used_usec = 0",
                          false, &uses.recovery_codes);
        if (r == 0)
                r = count(tx, key,
                          "SELECT count(*) FROM token WHERE key_id IN ($1, $2) AND used_usec = 0"
                          " AND expires_usec > $3",
                          true, &uses.tokens);
        if (r == 0)
                r = count(tx, key,
                          "SELECT count(*) FROM otp WHERE key_id IN ($1, $2) AND confirmed = 1",
                          false, &uses.codes);
        if (r == 0)
                r = count(tx, key, "SELECT count(*) FROM mail WHERE key_id IN ($1, $2)", false,
                          &uses.mails);
        if (r != 0)
                return r;
        uses.passwords = (uint64_t)passwords;
        *ret_uses = uses;
        return 0;
}

int sealing_key_lost(struct store *copy, char ret_id[KEY_ID_SIZE])
{
        struct tx tx = {.store = copy, .now_usec = clock_realtime_usec()};
        uint32_t schema = 0;
        int r = store_schema(copy, &schema);

        if (r < 0 || schema < KEYS_SINCE_SCHEMA)
                return r; /* all is under the key that sealed it */
        for (const struct keys *key = keys_oldest(copy->keys); key; key = key->newer) {
                struct sealing_uses uses = {0};

                if (key->kind != KEY_RETIRED)
                        continue;
                r = sealing_key_uses(&tx, key, &uses);
                if (r < 0)
                        return r;
                if (uses.api_keys + uses.codes > 0) {
                        memcpy(ret_id, key->id, KEY_ID_SIZE);
                        return -ENOKEY;
                }
        }
        return 0;
}

static int each_sealed(struct tx *tx, const struct keys *key, uint32_t limit, const char *text,
                       int (*each)(void *userdata, const struct sealed_row *row), void *userdata)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(tx->store, &rows, text,
                            SQL_VALUES(sql_text(key->id), sql_text(unmarked(key)), sql_int(limit)));

        while (r == 0 && (r = sql_next(rows)) > 0) {
                struct sealed_row row = {.id = sql_get_int(rows, 0)};

                row.sealed = rows->sql->driver->get_bytes(rows, 1, &row.size);
                r = each(userdata, &row);
        }
        return r;
}

int sealing_key_codes(struct tx *tx, const struct keys *key, uint32_t limit,
                      int (*each)(void *userdata, const struct sealed_row *row), void *userdata)
{
        return each_sealed(tx, key, limit,
                           "SELECT uid, sealed FROM otp WHERE key_id IN ($1, $2) AND confirmed = 1"
                           " LIMIT $3",
                           each, userdata);
}

int sealing_key_mails(struct tx *tx, const struct keys *key, uint32_t limit,
                      int (*each)(void *userdata, const struct sealed_row *row), void *userdata)
{
        return each_sealed(tx, key, limit,
                           "SELECT id, sealed FROM mail WHERE key_id IN ($1, $2) LIMIT $3", each,
                           userdata);
}

int sealing_key_move_code(struct tx *tx, const struct sealed_row *row)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE otp SET sealed = $1, key_id = $2 WHERE uid = $3",
                                       SQL_VALUES(sql_blob(row->sealed, row->size),
                                                  sql_text(tx->store->keys->id), sql_int(row->id))),
                             -EIO);
}

int sealing_key_move_mail(struct tx *tx, const struct sealed_row *row)
{
        return store_changed(store_run(tx->store,
                                       "UPDATE mail SET sealed = $1, key_id = $2 WHERE id = $3",
                                       SQL_VALUES(sql_blob(row->sealed, row->size),
                                                  sql_text(tx->store->keys->id), sql_int(row->id))),
                             -EIO);
}

int sealing_key_drop_unconfirmed(struct tx *tx, const struct keys *key)
{
        return store_done(store_run(tx->store,
                                    "DELETE FROM otp WHERE confirmed = 0 AND key_id IN ($1, $2)",
                                    SQL_VALUES(sql_text(key->id), sql_text(unmarked(key)))));
}
