/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to the store, and transactions with their one reading of the clock. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "common/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Common to all of store/: 0 done, > 0 a BO_ERR_*, < 0 a negative errno (-EIO damaged or
 * unreadable, -ENOSPC full, -EROFS, -ENOMEM, -EBUSY after bounded retry). ret_ arguments are
 * written only on 0. Callbacks (each) stop what calls them by anything but 0, which is then what
 * it returns; texts that they are given are gone when they return.
 *
 * A connection that met a damaged file, or lost it, opens it anew at the next call outside of a
 * transaction: it recovers when the file does.
 */
struct store; /* used by one thread at a time; each worker has its own */

/*
 * Opens @path (a SQLite file, made with mode 0600 if absent) and brings the schema up to date, one
 * transaction a migration; a schema newer than this program is -EPROTONOSUPPORT. Cheap when nothing
 * is to be done. An empty file, or a log (@path-wal) or mark (@path.mark) without its file, is
 * damage
 * (-EIO), not a new store. Each connection holds the database against the mark before it is used.
 * @keys must outlive the store. While another store of @path is open, the file is looked at when it
 * is first needed: who only writes, by the shared writer, needs no reader of his own.
 */
int store_open(struct store **ret_store, const char *path, const struct keys *keys);

/* What is done with @store from now on is done with the key @keys, and the ring around it: between
 * transactions. */
void store_use_keys(struct store *store, const struct keys *keys);

struct store *store_close(struct store *store);
DEFINE_CLEANUP(struct store *, store_close)

/*
 * Moves what was committed from the log into the database, without blocking readers or writers. For
 * an idle worker to call (every few seconds after a change), so that no login has to do it.
 */
int store_checkpoint(struct store *store);

/*
 * Returns when every asynchronous commit that was made by way of @store is on the disk; costs
 * nothing if a durable commit of anybody came after them.
 */
int store_flush(struct store *store);

/*
 * Writes the mark: a sealed file beside the database (@path.mark) by which an older one that takes
 * its place is told from it. It knows nothing that is not on the disk yet; nothing is written while
 * nothing changed. For an idle worker, some time after changes, and at the end. -ESTALE: the
 * database is older than the mark already, so it was exchanged; a new connection finds that (see
 * store/generation.h).
 */
int store_mark(struct store *store);

/* Did @store commit a session_must_end() since it was last asked? bo-sessiond is to be woken. */
bool store_take_endings(struct store *store);

/*
 * Something that was got from the store tells that a connection is no good: the writer is opened
 * anew as well. For who is about to close @store therefore.
 */
void store_doubt(struct store *store);

/* One transaction. now_usec is the time to judge by: the clock, except that it stands still while a
 * clock that was set back by less than a minute catches up. A larger set-back begins a new clock
 * epoch (and is audited): see tx_high_since(). */
struct tx {
        struct store *store;
        uint64_t now_usec;
        int64_t clock_epoch;
        bool open, write, async, lazy;
        bool endings;  /* session_must_end() wrote some */
        bool set_back; /* this transaction found the clock set back, and began a new epoch */

        /* The store's own. */
        bool connecting; /* tx_begin_connecting() */
        uint64_t clock_usec, high_usec, nss_generation, marked_generation;
};

/* -EBUSY, as below, also when a transaction of this connection is open already. */
int tx_begin_read(struct tx *tx, struct store *store, uint64_t clock_usec);

/* Takes the write lock at once (BEGIN IMMEDIATE, and a lock within the process, so that waiting
 * workers are woken, not polled). */
int tx_begin_write(struct tx *tx, struct store *store, uint64_t clock_usec);

/*
 * The same, but its commit does not wait for the disk: at once seen by everybody, and outliving
 * this process, but not a failure of the machine until store_flush(), or any durable commit.
 */
int tx_begin_async(struct tx *tx, struct store *store, uint64_t clock_usec);

/*
 * The same, for what a failure of the machine may take along (sessions, which it ends anyway):
 * store_flush() does not wait for it. What was committed by tx_begin_async() it still waits for.
 */
int tx_begin_lazy(struct tx *tx, struct store *store, uint64_t clock_usec);

/* Durable when it returns 0, unless begun as asynchronous. On failure the transaction is rolled
 * back. */
int tx_commit(struct tx *tx);

/*
 * A part of a transaction that may be undone alone: tx_mark() begins it, tx_keep() ends it,
 * tx_undo() takes back what was written since. One at a time; none is left open at the commit.
 */
int tx_mark(struct tx *tx);
int tx_keep(struct tx *tx);
int tx_undo(struct tx *tx);

/* Rolls back what was not committed; for _cleanup_(tx_end) on a struct tx that starts as {0}. */
void tx_end(struct tx *tx);

/*
 * The latest time that the clock has shown since @epoch, at least now: what has expired then stays
 * expired although the clock was set back. Facts that open something with time (tokens, codes,
 * idleness) store the epoch of their beginning.
 */
int tx_high_since(struct tx *tx, int64_t epoch, uint64_t *ret_usec);

/*
 * The operator says that the present clock is right: forgets what earlier epochs showed, and
 * begins a new one; tx->now_usec is then the clock's. The caller audits.
 */
int tx_accept_clock(struct tx *tx);
