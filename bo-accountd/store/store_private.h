/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of store/ share and nobody else sees. */
#pragma once

#include "bo-accountd/store/sql.h"
#include "bo-accountd/store/store.h"
#include "bo-accountd/store/writer.h"
#include "libbo/bo.h"

#include <errno.h>

struct store {
        struct sql *sql;    /* what statements run on: the reader, or the writer within its turn */
        struct sql *reader; /* its own; NULL after a failed attempt to open it anew */
        struct writer *writer; /* shared */
        const struct keys *keys;
        uint64_t async; /* the last commit of this store that store_flush() is to wait for */
        bool in_tx;
        bool endings; /* committed, and not told yet */
};

/* As sql_query() and sql_run(); a connection that broke is opened anew, if none of it is in use. */
int store_query(struct store *store, struct sql_rows **ret_rows, const char *text,
                const struct sql_value *values, size_t n_values);
int store_run(struct store *store, const char *text, const struct sql_value *values,
              size_t n_values);
int store_ready(struct store *store);

/* One number: 0 and *ret_value; -ENODATA without a row. */
int store_query_int(struct store *store, int64_t *ret_value, const char *text,
                    const struct sql_value *values, size_t n_values);

/* The turn of the writer: its connection is store->sql until store_leave_writer(). */
int store_enter_writer(struct store *store);
void store_leave_writer(struct store *store);

/* Of what a statement changed: 0 if there was a row, @otherwise if there was none, or < 0. */
static inline int store_changed(int changes, int otherwise)
{
        return changes > 0 ? 0 : changes < 0 ? changes : otherwise;
}

/* The same for statements that may well change nothing. */
static inline int store_done(int changes)
{
        return changes < 0 ? changes : 0;
}

/* The next number of counter @name within first..last; BO_ERR_UIDS_EXHAUSTED. */
int counter_take(struct tx *tx, const char *name, uint32_t first, uint32_t last, uint32_t *ret);

/*
 * A transaction of the connection that is being made, whose writer is held: for what comes before
 * anybody uses it. store->in_tx is false behind it.
 */
int tx_begin_connecting(struct tx *tx, struct store *store, uint64_t clock_usec);

/* Returns when all that anybody has committed is on the disk. */
int store_flush_all(struct store *store);

/* An old database in the place of the newest voids what must not come back (generation.h). */
int generation_hold(struct store *store);

/* Brings the schema to the newest version. */
int store_migrate(struct store *store);

/* The first head of the audit chain, once in a store's life. */
int audit_found(struct store *store);

/* Notes the key of what is stored already, or will be first, once in a store's life. */
int sealing_key_found(struct store *store);

/* Fills the index of parts of users' names, once in a store's life. */
int account_index_found(struct store *store);

/* In account_create.c: @name is the user's from now on. BO_ERR_NAME_TAKEN. */
int name_insert(struct tx *tx, const char *name, uint32_t uid);
