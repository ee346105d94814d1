/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection: opened, brought up to date, opened anew after damage. */
#include "bo-accountd/store/store_private.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#define WRITER_WAIT_SEC 2

static pthread_mutex_t writers = PTHREAD_MUTEX_INITIALIZER;

int store_lock_writers(void)
{
        struct timespec until;

        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += WRITER_WAIT_SEC;
        return pthread_mutex_clocklock(&writers, CLOCK_MONOTONIC, &until) == 0 ? 0 : -EBUSY;
}

void store_unlock_writers(void)
{
        pthread_mutex_unlock(&writers);
}

/* Under the lock of the writers, since a new file is made and migrations are written by one. */
static int connect_store(struct store *store)
{
        int r = store_lock_writers();

        if (r < 0)
                return r;
        store->in_tx = true; /* what fails now is not to be opened anew from within */
        r = sql_sqlite.open(&store->sql, store->path);
        if (r == 0)
                r = store_migrate(store);
        store->in_tx = false;
        store_unlock_writers();

        if (r < 0)
                store->sql = sql_close(store->sql);
        return r;
}

int store_ready(struct store *store)
{
        if (store->sql && !store->sql->broken)
                return 0;
        if (store->in_tx || (store->sql && store->sql->active > 0))
                return store->sql ? 0 : -EIO;
        store->sql = sql_close(store->sql);
        return connect_store(store);
}

int store_open(struct store **ret_store, const char *path, const struct keys *keys)
{
        _cleanup_(store_closep) struct store *store = calloc(1, sizeof(*store));
        int r;

        if (!store)
                return -ENOMEM;
        store->keys = keys;
        store->path = strdup(path);
        if (!store->path)
                return -ENOMEM;
        r = connect_store(store);
        if (r < 0)
                return r;
        *ret_store = TAKE_PTR(store);
        return 0;
}

struct store *store_close(struct store *store)
{
        if (!store)
                return NULL;
        sql_close(store->sql);
        free(store->path);
        free(store);
        return NULL;
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
