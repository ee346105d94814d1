/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds the database against the mark beside it, and writes the mark. */
#include "bo-accountd/store/generation.h"

#include "bo-accountd/store/audit_chain.h"
#include "bo-accountd/store/generation_private.h"
#include "common/clock.h"

#include <pthread.h>
#include <string.h>

/* Two that write one after the other: an older mark must not come last. */
static pthread_mutex_t mark_lock = PTHREAD_MUTEX_INITIALIZER;

static int counter_load(struct store *store, const char *name, int64_t *ret_value)
{
        int r = store_query_int(store, ret_value, "SELECT value FROM counter WHERE name = $1",
                                SQL_VALUES(sql_text(name)));

        return r == -ENODATA ? -EIO : r;
}

int generation_state(struct store *store, struct mark *ret_mark)
{
        struct audit_head head;
        struct mark mark = {0};
        int r = audit_head_load(store, &head);

        for (size_t i = 0; r == 0 && i < MARK_COUNTERS; i++)
                r = counter_load(store, mark_counter_names[i], &mark.counters[i]);
        if (r != 0)
                return r;
        mark.sequence = head.sequence;
        if (store->sql->driver->settled(store->writer->path, &mark.settled) < 0)
                mark.settled = -1; /* an old file may not be found then */
        memcpy(mark.hash, head.hash, sizeof(mark.hash));
        *ret_mark = mark;
        return 0;
}

static int is_marked(struct store *store, bool *ret_marked)
{
        int64_t marked;
        int r = store_query_int(store, &marked, "SELECT marked FROM generation WHERE id = 1",
                                SQL_NONE);

        if (r == 0)
                *ret_marked = marked != 0;
        return r == -ENODATA ? -EIO : r;
}

/* Does the trail hold the row that the mark knew as the last? */
static int holds_row(struct store *store, const struct mark *mark, bool *ret_holds)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        unsigned char hash[KEYED_HASH_BYTES];
        int r = store_query(store, &rows, "SELECT hash FROM audit WHERE sequence = $1",
                            SQL_VALUES(sql_u64(mark->sequence)));

        if (r == 0)
                r = sql_next(rows);
        if (r < 0)
                return r;
        *ret_holds =
                mark->sequence == 0 || (r > 0 && sql_copy_blob(rows, 0, hash, sizeof(hash)) == 0 &&
                                        memcmp(hash, mark->hash, sizeof(hash)) == 0);
        return 0;
}

static bool is_behind(const struct mark *state, const struct mark *mark)
{
        if (state->sequence < mark->sequence)
                return true;
        for (size_t i = 0; i < MARK_COUNTERS; i++)
                if (state->counters[i] < mark->counters[i])
                        return true;
        return false;
}

/* An old file beneath the log of the newest, which tells the newest rows and nothing before them.
 */
static bool is_mixed(const struct mark *state, const struct mark *mark)
{
        return state->settled >= 0 && state->settled < mark->settled;
}

/* What is wrong with the database: NULL if nothing is. */
static int judge(struct store *store, const struct mark *state, const struct mark *mark,
                 const char **ret_reason)
{
        bool holds = false;
        int r = 0;

        if (is_behind(state, mark))
                *ret_reason = "behind";
        else if (is_mixed(state, mark))
                *ret_reason = "mixed";
        else
                r = holds_row(store, mark, &holds);
        if (r == 0 && !*ret_reason && !holds)
                *ret_reason = "another";
        return r;
}

/* Without a mark: a database of before there were any, or has it been lost? */
static int judge_unmarked(struct store *store, const char **ret_reason)
{
        bool marked = false;
        int r = is_marked(store, &marked);

        if (r == 0)
                *ret_reason = marked ? "unmarked" : NULL;
        return r;
}

/*
 * The mark is read before the database, which is never behind it then, whoever writes meanwhile. A
 * trail that is not whole is another alarm: nothing can be written to it, and nobody logs in.
 */
int generation_hold(struct store *store)
{
        struct mark state, mark = {0};
        const char *reason = NULL;
        int found = mark_read(&mark, store->writer->path, store->keys);
        int r = found < 0 && found != -ENOENT && found != -EBADMSG ? found : 0;

        if (r == 0)
                r = generation_state(store, &state);
        if (r != 0)
                return r == BO_ERR_AUDIT_BROKEN ? 0 : r;
        if (found == -EBADMSG)
                reason = "unmarked"; /* it says nothing, so it is as good as none */
        else if (found == -ENOENT)
                r = judge_unmarked(store, &reason);
        else
                r = judge(store, &state, &mark, &reason);
        return r == 0 && reason ? generation_void(store, reason, &state, &mark) : r;
}

static int set_marked(struct store *store)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = tx_begin_write(&tx, store, clock_realtime_usec());

        if (r == 0)
                r = store_done(store_run(store, "UPDATE generation SET marked = 1 WHERE id = 1",
                                         SQL_NONE));
        return r == 0 ? tx_commit(&tx) : r;
}

static int read_both(struct store *store, struct mark *ret_state, bool *ret_marked)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = tx_begin_read(&tx, store, clock_realtime_usec());

        if (r == 0)
                r = is_marked(store, ret_marked);
        return r == 0 ? generation_state(store, ret_state) : r;
}

static bool same(const struct mark *one, const struct mark *other)
{
        return one->sequence == other->sequence &&
               memcmp(one->hash, other->hash, sizeof(one->hash)) == 0 &&
               memcmp(one->counters, other->counters, sizeof(one->counters)) == 0 &&
               one->settled == other->settled;
}

static int mark_locked(struct store *store)
{
        struct mark state, mark;
        bool marked = false;
        int had, r = read_both(store, &state, &marked);

        if (r != 0)
                return r == BO_ERR_AUDIT_BROKEN ? 0 : r;
        had = mark_read(&mark, store->writer->path, store->keys);
        if (had == 0 && (is_behind(&state, &mark) || is_mixed(&state, &mark)))
                return -ESTALE;
        if (had == 0 && state.settled < 0)
                state.settled = mark.settled;
        if (had == 0 && marked && same(&state, &mark))
                return 0;
        /* What was read is on the disk before the mark knows of it. */
        r = store_flush_all(store);
        if (r == 0 && (had < 0 || state.settled != mark.settled))
                r = store->sql->driver->settle(store->sql);
        if (r == 0)
                r = mark_write(&state, store->writer->path, store->keys);
        return r == 0 && !marked ? set_marked(store) : r;
}

int store_mark(struct store *store)
{
        pthread_mutex_lock(&mark_lock);

        int r = mark_locked(store);

        pthread_mutex_unlock(&mark_lock);
        return r;
}

int generation_load(struct store *store, struct generation *ret_generation)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows,
                            "SELECT found_usec, reason, sequence, mark_sequence, accepted_usec"
                            " FROM generation WHERE id = 1",
                            SQL_NONE);

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -EIO;
        *ret_generation = (struct generation){
                .found_usec = sql_get_u64(rows, 0),
                .sequence = sql_get_u64(rows, 2),
                .mark_sequence = sql_get_u64(rows, 3),
                .accepted_usec = sql_get_u64(rows, 4),
        };
        sql_copy_text(rows, 1, ret_generation->reason, sizeof(ret_generation->reason));
        return 0;
}

int generation_accept(struct tx *tx)
{
        int r = store_run(tx->store,
                          "UPDATE generation SET accepted_usec = $1"
                          " WHERE id = 1 AND found_usec > 0 AND accepted_usec = 0",
                          SQL_VALUES(sql_u64(tx->now_usec)));

        return store_changed(r, -ENODATA);
}
