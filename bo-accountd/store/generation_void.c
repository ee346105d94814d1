/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An old database in the place of the newest: what may have been used since must open nothing. */
#include "bo-accountd/store/generation_private.h"
#include "bo-accountd/store/uid.h"

#include "bo-accountd/store/audit_chain.h"
#include "common/clock.h"

#include <inttypes.h>
#include <string.h>

#define CODE_STEP_USEC (30 * USEC_PER_SEC) /* RFC 6238 */

/*
 * How many numbers are left out: the mark does not know those of its last seconds, and where it is
 * gone, nobody knows any. Enough for some weeks, few enough for the ranges of uids and gids.
 */
static const int64_t skipped[MARK_COUNTERS] = {
        [MARK_UID] = 100,
        [MARK_GID] = 100,
        [MARK_MAIL] = 1000000,
        [MARK_SESSION] = 1000000,
        [MARK_APPROVAL] = 100000,
        /* Behind whatever was published: what NSS shows is written anew, and told from what it was.
         */
        [MARK_NSS] = 1000000,
};

static int tokens_end(struct tx *tx)
{
        return store_done(store_run(tx->store,
                                    "UPDATE token SET used_usec = $1 WHERE used_usec = 0",
                                    SQL_VALUES(sql_u64(tx->now_usec))));
}

static int approvals_end(struct tx *tx)
{
        return store_done(
                store_run(tx->store, "UPDATE approval SET status = 4 WHERE status = 0", SQL_NONE));
}

static int recovery_codes_end(struct tx *tx)
{
        return store_done(store_run(tx->store,
                                    "UPDATE recovery_code SET used_usec = $1 WHERE used_usec = 0",
                                    SQL_VALUES(sql_u64(tx->now_usec))));
}

/* The code of the next step may have been accepted already, by a clock that was a little ahead. */
static int codes_end(struct tx *tx)
{
        uint64_t step = tx->now_usec / CODE_STEP_USEC + 1;
        int r = store_run(tx->store,
                          "UPDATE otp SET last_step = $1 WHERE confirmed = 1 AND last_step < $1",
                          SQL_VALUES(sql_u64(step)));

        return r < 0 ? r
                     : store_done(store_run(tx->store, "DELETE FROM otp WHERE confirmed = 0",
                                            SQL_NONE));
}

/* Their links are dead, and most were delivered long ago. */
static int mails_end(struct tx *tx)
{
        return store_done(store_run(tx->store, "DELETE FROM mail WHERE failed_usec = 0", SQL_NONE));
}

static int sessions_end(struct tx *tx)
{
        return store_done(store_run(tx->store,
                                    "UPDATE session SET closed_usec = $1 WHERE closed_usec = 0",
                                    SQL_VALUES(sql_u64(tx->now_usec))));
}

static int snapshot_ends(struct tx *tx)
{
        return store_done(
                store_run(tx->store, "UPDATE nss_host SET customer = '-' WHERE id = 0", SQL_NONE));
}

static int counter_move(struct tx *tx, const char *name, int64_t least)
{
        return store_done(store_run(tx->store,
                                    "UPDATE counter SET value = $1"
                                    " WHERE name = $2 AND value < $1",
                                    SQL_VALUES(sql_int(least), sql_text(name))));
}

/* A uid that was given must not be given again: the files of who had it are still there (R17). */
static int counters_move(struct tx *tx, const struct mark *state, const struct mark *mark)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < MARK_COUNTERS; i++) {
                int64_t newest = mark->counters[i] > state->counters[i] ? mark->counters[i]
                                                                        : state->counters[i];

                if (newest > 0)
                        r = counter_move(tx, mark_counter_names[i], newest + skipped[i]);
        }
        /* What was passed over may have been given since. */
        return r == 0 ? uid_forget_gaps(tx) : r;
}

static int remember(struct tx *tx, const char *reason, const struct mark *state,
                    const struct mark *mark)
{
        int r = store_run(tx->store,
                          "UPDATE generation SET marked = 1, found_usec = $1, reason = $2,"
                          " sequence = $3, mark_sequence = $4, accepted_usec = 0 WHERE id = 1",
                          SQL_VALUES(sql_u64(tx->now_usec), sql_text(reason),
                                     sql_u64(state->sequence), sql_u64(mark->sequence)));

        return store_changed(r, -EIO);
}

static int record(struct tx *tx, const char *reason, const struct mark *state,
                  const struct mark *mark)
{
        char detail[128];

        snprintf(detail, sizeof(detail), "reason=%s sequence=%" PRIu64 " newest=%" PRIu64, reason,
                 state->sequence, mark->sequence);
        return audit_append(tx, &(struct audit_entry){
                                        .event = "database-older",
                                        .actor_uid = AUDIT_NOBODY,
                                        .subject_uid = AUDIT_NOBODY,
                                        .detail = detail,
                                });
}

static int void_all(struct tx *tx)
{
        int (*const ends[])(struct tx * tx) = {tokens_end,   approvals_end, recovery_codes_end,
                                               codes_end,    mails_end,     sessions_end,
                                               snapshot_ends};
        int r = 0;

        for (size_t i = 0; r == 0 && i < ELEMENTS(ends); i++)
                r = ends[i](tx);
        return r;
}

/* Made void, and the mark could not be written yet. Under the lock of the writer. */
static struct mark owed;
static bool is_owed;

static int mark_pay(struct store *store, const struct mark *mark)
{
        int r = mark_write(mark, store->writer->path, store->keys);

        owed = *mark;
        is_owed = r < 0;
        return r;
}

static bool same_counters(const struct mark *one, const struct mark *other)
{
        return memcmp(one->counters, other->counters, sizeof(one->counters)) == 0;
}

/* Each login tries it again: the numbers that are left out each time would soon be all (R17). */
static bool is_void_already(const struct mark *state)
{
        return is_owed && state->sequence == owed.sequence && same_counters(state, &owed) &&
               memcmp(state->hash, owed.hash, sizeof(owed.hash)) == 0;
}

static int void_anew(struct store *store, const char *reason, const struct mark *state,
                     const struct mark *mark)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct mark fresh;
        int r = tx_begin_connecting(&tx, store, clock_realtime_usec());

        if (r == 0)
                r = void_all(&tx);
        if (r == 0)
                r = counters_move(&tx, state, mark);
        if (r == 0)
                r = remember(&tx, reason, state, mark);
        if (r == 0)
                r = record(&tx, reason, state, mark);
        if (r == 0)
                r = generation_state(store, &fresh);
        if (r == 0)
                r = tx_commit(&tx);
        if (r > 0)
                r = -EIO; /* the trail was whole a moment ago */
        return r == 0 ? mark_pay(store, &fresh) : r;
}

/* Who is stopped between the commit and the mark finds the database old again, and does it again.
 */
int generation_void(struct store *store, const char *reason, const struct mark *state,
                    const struct mark *mark)
{
        return is_void_already(state) ? mark_pay(store, state)
                                      : void_anew(store, reason, state, mark);
}
