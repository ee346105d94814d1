/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection: opened, brought up to date, opened anew after damage. */
#include "bo-accountd/store/mark.h"
#include "bo-accountd/store/store_private.h"

#include "common/clock.h"

/* Under the lock of the writer, since a new file is made and migrations are written by one. */
static int connect_to(struct store *store, struct sql **ret_sql)
{
        struct sql *sql = NULL;
        int r = mark_without_database(store->writer->path)
                        ? -EIO
                        : sql_sqlite.open(&sql, store->writer->path);

        if (r < 0)
                return r;
        store->sql = sql;
        store->in_tx = true; /* what fails now is not to be opened anew from within */
        r = store_migrate(store);
        if (r == 0)
                r = generation_hold(store);
        store->in_tx = false;
        store->sql = store->reader;
        if (r < 0) {
                sql_close(sql);
                return r;
        }
        store->writer->seen = true;
        *ret_sql = sql;
        return 0;
}

static int connect_reader(struct store *store)
{
        int r = writer_lock(store->writer);

        if (r < 0)
                return r;
        r = connect_to(store, &store->reader);
        writer_unlock(store->writer);
        store->sql = store->reader;
        return r;
}

int store_ready(struct store *store)
{
        if (store->reader && !store->reader->broken)
                return 0;
        if (store->in_tx || (store->reader && store->reader->active > 0))
                return store->sql ? 0 : -EIO;
        store_doubt(store);
        store->sql = store->reader = sql_close(store->reader);
        return connect_reader(store);
}

static int writer_ready(struct store *store)
{
        struct writer *writer = store->writer;

        if (writer->sql && !writer->sql->broken && !atomic_exchange(&writer->stale, false))
                return 0;
        writer->sql = sql_close(writer->sql);
        return connect_to(store, &writer->sql);
}

int store_enter_writer(struct store *store)
{
        int r = writer_lock(store->writer);

        if (r < 0)
                return r;
        r = writer_ready(store);
        if (r < 0)
                writer_unlock(store->writer);
        else
                store->sql = store->writer->sql;
        return r;
}

void store_leave_writer(struct store *store)
{
        store->sql = store->reader;
        writer_unlock(store->writer);
}

void store_doubt(struct store *store)
{
        store->writer->stale = true;
        store->writer->seen = false;
}

int store_open(struct store **ret_store, const char *path, const struct keys *keys)
{
        _cleanup_(store_closep) struct store *store = calloc(1, sizeof(*store));
        int r;

        if (!store)
                return -ENOMEM;
        store->keys = keys;
        r = writer_ref(&store->writer, path);
        if (r == 0 && !store->writer->seen)
                r = connect_reader(store);
        if (r < 0)
                return r;
        *ret_store = TAKE_PTR(store);
        return 0;
}

void store_use_keys(struct store *store, const struct keys *keys)
{
        store->keys = keys;
}

struct store *store_close(struct store *store)
{
        if (!store)
                return NULL;
        sql_close(store->reader);
        writer_unref(store->writer);
        free(store);
        return NULL;
}

/* @wanted NULL: all of them. */
static int flush(struct store *store, const uint64_t *wanted)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct writer *writer = store->writer;
        bool owes;
        int r = writer_lock(writer);

        if (r < 0)
                return r;
        owes = writer->durable < (wanted ? *wanted : writer->async);
        writer_unlock(writer);
        if (owes)
                r = tx_begin_write(&tx, store, clock_realtime_usec());
        return owes && r == 0 ? tx_commit(&tx) : r;
}

int store_flush(struct store *store)
{
        int r = store->async == 0 ? 0 : flush(store, &store->async);

        if (r == 0)
                store->async = 0;
        return r;
}

int store_flush_all(struct store *store)
{
        return flush(store, NULL);
}

bool store_take_endings(struct store *store)
{
        bool endings = store->endings;

        store->endings = false;
        return endings;
}

int store_checkpoint(struct store *store)
{
        int r = store_ready(store);

        return r < 0 ? r : store->sql->driver->checkpoint(store->sql);
}

int store_query(struct store *store, struct sql_rows **ret_rows, const char *text,
                const struct sql_value *values, size_t n_values)
{
        int r = store->in_tx ? 0 : store_ready(store);

        return r < 0 ? r : sql_query(store->sql, ret_rows, text, values, n_values);
}

int store_run(struct store *store, const char *text, const struct sql_value *values,
              size_t n_values)
{
        int r = store->in_tx ? 0 : store_ready(store);

        return r < 0 ? r : sql_run(store->sql, text, values, n_values);
}

int store_query_int(struct store *store, int64_t *ret_value, const char *text,
                    const struct sql_value *values, size_t n_values)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = store_query(store, &rows, text, values, n_values);

        if (r == 0)
                r = sql_next(rows);
        if (r < 0)
                return r;
        if (r == 0)
                return -ENODATA;
        *ret_value = sql_get_int(rows, 0);
        return 0;
}
