/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often something was asked for of late; the rule is in policy/throttle.c. */
#include "bo-accountd/store/throttle.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

/* What a flood of invented names and addresses can make of the store: about 15 MiB. */
#define ROWS_MAX  100000
#define SWEEP_MAX 4096

void throttle_subject(char out[THROTTLE_SUBJECT_SIZE], char kind, const char *whom,
                      const struct keys *keys)
{
        unsigned char hash[KEYED_HASH_BYTES];

        keys_hash(hash, keys->name, whom, strlen(whom));
        out[0] = kind;
        out[1] = ':';
        for (size_t i = 0; i < sizeof(hash); i++)
                snprintf(out + 2 + 2 * i, 3, "%02x", hash[i]);
}

int throttle_load(struct store *store, const char *subject, uint64_t *ret_drained_usec)
{
        int64_t drained;
        int r = store_query_int(store, &drained,
                                "SELECT drained_usec FROM throttle WHERE subject = $1",
                                SQL_VALUES(sql_text(subject)));

        if (r < 0 && r != -ENODATA)
                return r;
        *ret_drained_usec = r < 0 ? 0 : (uint64_t)drained;
        return 0;
}

static int count_rows(struct tx *tx, int64_t more, int64_t *ret_count)
{
        return store_query_int(tx->store, ret_count,
                               "UPDATE counter SET value = value + $1"
                               " WHERE name = 'throttle' RETURNING value",
                               SQL_VALUES(sql_int(more)));
}

static int drop_first(struct tx *tx, uint64_t before_usec, int64_t max)
{
        int64_t count;
        int r = store_run(tx->store,
                          "DELETE FROM throttle WHERE subject IN (SELECT subject FROM throttle"
                          " WHERE drained_usec < $1 ORDER BY drained_usec LIMIT $2)",
                          SQL_VALUES(sql_u64(before_usec), sql_int(max)));

        return r <= 0 ? r : count_rows(tx, -r, &count);
}

static int insert(struct tx *tx, const char *subject, uint64_t drained_usec)
{
        int64_t count;
        int r = store_run(tx->store, "INSERT INTO throttle (subject, drained_usec) VALUES ($1, $2)",
                          SQL_VALUES(sql_text(subject), sql_u64(drained_usec)));

        if (r >= 0)
                r = count_rows(tx, 1, &count);
        if (r < 0 || count <= ROWS_MAX)
                return r;
        return drop_first(tx, INT64_MAX, count - ROWS_MAX);
}

int throttle_save(struct tx *tx, const char *subject, uint64_t drained_usec)
{
        int r = store_run(tx->store, "UPDATE throttle SET drained_usec = $1 WHERE subject = $2",
                          SQL_VALUES(sql_u64(drained_usec), sql_text(subject)));

        return r != 0 ? store_done(r) : insert(tx, subject, drained_usec);
}

int throttle_sweep(struct tx *tx, uint64_t before_usec)
{
        return drop_first(tx, before_usec, SWEEP_MAX);
}
