/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Transactions, and the one reading of the clock that each is judged by. */
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/store_private.h"

#include "bo-accountd/metrics.h"
#include "common/clock.h"

#include <inttypes.h>

/* Less than that is a clock being disciplined: time stands still until it has caught up. */
#define STAND_STILL_USEC (60 * USEC_PER_SEC)

static int clock_load(struct tx *tx)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(tx->store, &rows,
                            "SELECT id, high_usec FROM clock_epoch ORDER BY id DESC LIMIT 1",
                            SQL_NONE);

        if (r == 0)
                r = sql_next(rows);
        if (r <= 0)
                return r < 0 ? r : -EIO;
        tx->clock_epoch = sql_get_int(rows, 0);
        tx->high_usec = sql_get_u64(rows, 1);
        return 0;
}

static bool clock_was_set_back(const struct tx *tx)
{
        return tx->clock_usec < tx->high_usec && tx->high_usec - tx->clock_usec >= STAND_STILL_USEC;
}

static void clock_judge(struct tx *tx)
{
        bool stand_still = tx->clock_usec < tx->high_usec && !clock_was_set_back(tx);

        tx->now_usec = stand_still ? tx->high_usec : tx->clock_usec;
}

static int clock_begin_epoch(struct tx *tx)
{
        int r = store_run(tx->store,
                          "INSERT INTO clock_epoch (id, began_usec, high_usec)"
                          " VALUES ($1, $2, $3)",
                          SQL_VALUES(sql_int(tx->clock_epoch + 1), sql_u64(tx->clock_usec),
                                     sql_u64(tx->clock_usec)));

        if (r < 0)
                return r;
        tx->clock_epoch++;
        tx->now_usec = tx->high_usec = tx->clock_usec;
        return 0;
}

static int clock_set_back(struct tx *tx)
{
        char detail[64];
        int r;

        snprintf(detail, sizeof(detail), "by_sec=%" PRIu64,
                 (tx->high_usec - tx->clock_usec) / USEC_PER_SEC);
        tx->set_back = true;
        r = clock_begin_epoch(tx);
        return r < 0 ? r
                     : audit_append(tx, &(struct audit_entry){
                                                .event = "clock-set-back",
                                                .actor_uid = AUDIT_NOBODY,
                                                .subject_uid = AUDIT_NOBODY,
                                                .detail = detail,
                                        });
}

static int begin(struct tx *tx, struct store *store, uint64_t clock_usec, enum sql_access access)
{
        int r;

        *tx = (struct tx){
                .store = store,
                .clock_usec = clock_usec,
                .write = access != SQL_READ,
                .async = access == SQL_WRITE_ASYNC,
        };
        r = store->sql->driver->begin(store->sql, access);
        if (r < 0)
                return r;
        tx->open = store->in_tx = true;
        r = clock_load(tx);
        if (r == 0)
                clock_judge(tx);
        if (r == 0 && tx->write && clock_was_set_back(tx))
                r = clock_set_back(tx);
        return r;
}

int tx_begin_read(struct tx *tx, struct store *store, uint64_t clock_usec)
{
        int r = store->in_tx ? -EBUSY : store_ready(store);

        if (r < 0)
                return r;
        r = begin(tx, store, clock_usec, SQL_READ);
        if (r < 0)
                tx_end(tx);
        return r;
}

static int begin_write(struct tx *tx, struct store *store, uint64_t clock_usec,
                       enum sql_access access)
{
        int r = store->in_tx ? -EBUSY : store_enter_writer(store);

        if (r < 0)
                return r;
        r = begin(tx, store, clock_usec, access);
        if (r < 0 && !tx->open)
                store_leave_writer(store); /* tx_end() does it for one that was begun */
        if (r < 0)
                tx_end(tx);
        return r;
}

int tx_begin_connecting(struct tx *tx, struct store *store, uint64_t clock_usec)
{
        int r = begin(tx, store, clock_usec, SQL_WRITE);

        tx->connecting = true;
        if (r < 0)
                tx_end(tx);
        return r;
}

int tx_begin_write(struct tx *tx, struct store *store, uint64_t clock_usec)
{
        return begin_write(tx, store, clock_usec, SQL_WRITE);
}

int tx_begin_async(struct tx *tx, struct store *store, uint64_t clock_usec)
{
        return begin_write(tx, store, clock_usec, SQL_WRITE_ASYNC);
}

int tx_begin_lazy(struct tx *tx, struct store *store, uint64_t clock_usec)
{
        int r = begin_write(tx, store, clock_usec, SQL_WRITE_ASYNC);

        tx->lazy = r == 0;
        return r;
}

/*
 * An asynchronous commit leaves the time to the durable one that follows it. That one must change
 * something, or the engine would not make durable what was committed before it: if the clock stands
 * still, a number.
 */
static int finish_writing(struct tx *tx)
{
        const struct writer *writer = tx->store->writer;

        if (tx->async)
                return 0;
        if (tx->now_usec <= tx->high_usec)
                return writer->durable == writer->async
                               ? 0
                               : store_done(store_run(tx->store,
                                                      "UPDATE counter SET value = value + 1"
                                                      " WHERE name = 'flushes'",
                                                      SQL_NONE));
        return store_done(store_run(tx->store,
                                    "UPDATE clock_epoch SET high_usec = $1 WHERE id = $2",
                                    SQL_VALUES(sql_u64(tx->now_usec), sql_int(tx->clock_epoch))));
}

static void leave(struct tx *tx)
{
        tx->open = tx->store->in_tx = false;
        if (tx->write && !tx->connecting)
                store_leave_writer(tx->store);
}

/* A lazy commit is counted, so that the next durable one knows of it, but store_flush() is not to
 * wait for its sake. */
static void count(const struct tx *tx)
{
        struct writer *writer = tx->store->writer;

        tx->store->endings |= tx->endings;
        if (!tx->async)
                writer->durable = writer->async;
        else if (tx->lazy)
                writer->async++;
        else
                tx->store->async = ++writer->async;
}

static int commit(const struct tx *tx)
{
        uint64_t begun_usec = clock_monotonic_usec();
        int r = tx->store->sql->driver->commit(tx->store->sql);

        if (r == 0 && tx->write)
                histogram_add(&metrics.commit, clock_monotonic_usec() - begun_usec);
        return r;
}

int tx_commit(struct tx *tx)
{
        int r = tx->write ? finish_writing(tx) : 0;

        if (r == 0)
                r = commit(tx);
        if (r == 0 && tx->write)
                count(tx);
        if (r == 0)
                leave(tx);
        else
                tx_end(tx);
        return r;
}

void tx_end(struct tx *tx)
{
        if (!tx->open)
                return;
        tx->store->sql->driver->rollback(tx->store->sql);
        leave(tx);
}

int tx_mark(struct tx *tx)
{
        tx->marked_generation = tx->nss_generation;
        return store_done(store_run(tx->store, "SAVEPOINT part", SQL_NONE));
}

int tx_keep(struct tx *tx)
{
        return store_done(store_run(tx->store, "RELEASE SAVEPOINT part", SQL_NONE));
}

int tx_undo(struct tx *tx)
{
        int r = store_done(store_run(tx->store, "ROLLBACK TO SAVEPOINT part", SQL_NONE));

        tx->nss_generation = tx->marked_generation;
        return r < 0 ? r : tx_keep(tx);
}

int tx_high_since(struct tx *tx, int64_t epoch, uint64_t *ret_usec)
{
        int64_t high = (int64_t)tx->high_usec; /* of the present epoch, in which most rows began */
        int r = epoch == tx->clock_epoch
                        ? 0
                        : store_query_int(tx->store, &high,
                                          "SELECT COALESCE(MAX(high_usec), 0) FROM clock_epoch"
                                          " WHERE id >= $1",
                                          SQL_VALUES(sql_int(epoch)));

        if (r < 0)
                return r;
        *ret_usec = (uint64_t)high > tx->now_usec ? (uint64_t)high : tx->now_usec;
        return 0;
}

int tx_accept_clock(struct tx *tx)
{
        int r = store_run(tx->store, "UPDATE clock_epoch SET high_usec = 0", SQL_NONE);

        return r < 0 ? r : clock_begin_epoch(tx);
}
