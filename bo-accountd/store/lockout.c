/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failed attempts as they are kept; the rule is in policy/lockout.c. */
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/store_private.h"

#include <inttypes.h>
#include <string.h>

/* What a flood of invented names can make of the store: about 15 MiB. */
#define UNKNOWN_NAMES_MAX 100000
#define SWEEP_MAX         4096

void lockout_subject_user(char out[LOCKOUT_SUBJECT_SIZE], uint32_t uid)
{
        snprintf(out, LOCKOUT_SUBJECT_SIZE, "u:%" PRIu32, uid);
}

void lockout_subject_otp(char out[LOCKOUT_SUBJECT_SIZE], uint32_t uid)
{
        snprintf(out, LOCKOUT_SUBJECT_SIZE, "o:%" PRIu32, uid);
}

void lockout_subject_initial(char out[LOCKOUT_SUBJECT_SIZE], uint32_t uid)
{
        snprintf(out, LOCKOUT_SUBJECT_SIZE, "i:%" PRIu32, uid);
}

void lockout_subject_name(char out[LOCKOUT_SUBJECT_SIZE], const char *name, const struct keys *keys)
{
        unsigned char hash[KEYED_HASH_BYTES];

        keys_hash(hash, keys->name, name, strlen(name));
        strcpy(out, "n:");
        for (size_t i = 0; i < sizeof(hash); i++)
                snprintf(out + 2 + 2 * i, 3, "%02x", hash[i]);
}

static bool is_unknown(const char *subject)
{
        return subject[0] == 'n';
}

int lockout_load(struct store *store, const char *subject, struct lockout_state *ret_state)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT failures, locked_at_usec FROM lockout WHERE subject = $1",
                            SQL_VALUES(sql_text(subject)));

        if (r == 0)
                r = sql_next(rows);
        if (r < 0)
                return r;
        *ret_state = (struct lockout_state){0};
        if (r > 0) {
                ret_state->failures = sql_get_u32(rows, 0);
                ret_state->locked_at_usec = sql_get_u64(rows, 1);
        }
        return 0;
}

static int update(struct tx *tx, const char *subject, const struct lockout_state *state)
{
        return store_run(tx->store,
                         "UPDATE lockout SET failures = $1, locked_at_usec = $2, changed_usec = $3"
                         " WHERE subject = $4",
                         SQL_VALUES(sql_int(state->failures), sql_u64(state->locked_at_usec),
                                    sql_u64(tx->now_usec), sql_text(subject)));
}

static int insert(struct tx *tx, const char *subject, const struct lockout_state *state)
{
        return store_run(
                tx->store,
                "INSERT INTO lockout (subject, failures, locked_at_usec, changed_usec, unknown)"
                " VALUES ($1, $2, $3, $4, $5)",
                SQL_VALUES(sql_text(subject), sql_int(state->failures),
                           sql_u64(state->locked_at_usec), sql_u64(tx->now_usec),
                           sql_int(is_unknown(subject))));
}

static int count_unknown(struct tx *tx, int64_t more, int64_t *ret_count)
{
        return store_query_int(tx->store, ret_count,
                               "UPDATE counter SET value = value + $1"
                               " WHERE name = 'lockout-names' RETURNING value",
                               SQL_VALUES(sql_int(more)));
}

static int drop_oldest_unknown(struct tx *tx, int64_t max)
{
        int64_t count;
        int r = store_run(tx->store,
                          "DELETE FROM lockout WHERE subject IN (SELECT subject FROM lockout"
                          " WHERE unknown = 1 ORDER BY changed_usec LIMIT $1)",
                          SQL_VALUES(sql_int(max)));

        return r <= 0 ? r : count_unknown(tx, -r, &count);
}

static int bound_unknown(struct tx *tx)
{
        int64_t count;
        int r = count_unknown(tx, 1, &count);

        if (r < 0 || count <= UNKNOWN_NAMES_MAX)
                return r;
        return drop_oldest_unknown(tx, count - UNKNOWN_NAMES_MAX);
}

int lockout_save(struct tx *tx, const char *subject, const struct lockout_state *state)
{
        int r = update(tx, subject, state);

        if (r != 0)
                return store_done(r);
        r = insert(tx, subject, state);
        return r < 0 || !is_unknown(subject) ? store_done(r) : bound_unknown(tx);
}

int lockout_clear(struct tx *tx, const char *subject)
{
        int64_t count;
        int r = store_run(tx->store, "DELETE FROM lockout WHERE subject = $1",
                          SQL_VALUES(sql_text(subject)));

        return r <= 0 || !is_unknown(subject) ? store_done(r) : count_unknown(tx, -r, &count);
}

int lockout_sweep(struct tx *tx, uint64_t before_usec)
{
        int64_t count;
        int r = store_run(tx->store,
                          "DELETE FROM lockout WHERE subject IN (SELECT subject FROM lockout"
                          " WHERE unknown = 1 AND changed_usec < $1 AND locked_at_usec > 0"
                          " ORDER BY changed_usec LIMIT $2)",
                          SQL_VALUES(sql_u64(before_usec), sql_int(SWEEP_MAX)));

        return r <= 0 ? r : count_unknown(tx, -r, &count);
}
