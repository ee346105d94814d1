/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The driver for SQLite: statements, kept prepared for each connection, and transactions. */
#include "bo-accountd/store/sqlite.h"

#include <errno.h>

/* The system's own word for an I/O error, where it has one: a full disk is no damage. */
static int io_errno(sqlite3 *handle)
{
        switch (handle ? sqlite3_system_errno(handle) : 0) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
                return -ENOSPC;
        case EROFS:
                return -EROFS;
        case ENOMEM:
                return -ENOMEM;
        default:
                return -EIO;
        }
}

static int constraint_errno(int code)
{
        switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
                return -EEXIST;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
                return -ENOENT;
        default:
                return -EINVAL;
        }
}

static int broken(struct sqlite *sqlite, int error)
{
        sqlite->sql.broken = true;
        return error;
}

int sqlite_errno(struct sqlite *sqlite, int code)
{
        switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
                return -EBUSY;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_READONLY:
                return broken(sqlite, -EROFS);
        case SQLITE_CONSTRAINT:
                return constraint_errno(code);
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
                return broken(sqlite, io_errno(sqlite->handle));
        default: /* SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_ERROR: tables that are not there */
                return broken(sqlite, -EIO);
        }
}

static struct sqlite *of(struct sql *sql)
{
        return (struct sqlite *)sql;
}

static struct sqlite_rows *of_rows(struct sql_rows *rows)
{
        return (struct sqlite_rows *)rows;
}

static void free_rows(struct sqlite_rows *rows)
{
        sqlite3_finalize(rows->statement);
        free(rows);
}

static void driver_close(struct sql *sql)
{
        struct sqlite *sqlite = of(sql);

        for (size_t i = 0; i < SQLITE_CACHE_SLOTS; i++)
                while (sqlite->cache[i]) {
                        struct sqlite_rows *rows = sqlite->cache[i];

                        sqlite->cache[i] = rows->next;
                        free_rows(rows);
                }
        sqlite3_close_v2(sqlite->handle);
        free(sqlite);
}

static int driver_open(struct sql **ret_sql, const char *where)
{
        struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
        int r;

        if (!sqlite)
                return -ENOMEM;
        sqlite->sql.driver = &sql_sqlite;
        r = sqlite_file_open(where, &sqlite->handle);
        if (r < 0) {
                free(sqlite);
                return r;
        }
        *ret_sql = &sqlite->sql;
        return 0;
}

static struct sqlite_rows **slot_of(struct sqlite *sqlite, const char *text)
{
        return &sqlite->cache[((uintptr_t)text >> 3) % SQLITE_CACHE_SLOTS];
}

/* This engine counts "$2" as a name, by its first occurrence. */
static bool in_order(sqlite3_stmt *statement)
{
        for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++) {
                const char *name = sqlite3_bind_parameter_name(statement, i);

                if (!name || atoi(name + 1) != i)
                        return false;
        }
        return true;
}

/* NULL and *ret_error if it cannot be had. */
static struct sqlite_rows *prepare(struct sqlite *sqlite, const char *text, int *ret_error)
{
        struct sqlite_rows *rows = calloc(1, sizeof(*rows));
        int code;

        *ret_error = -ENOMEM;
        if (!rows)
                return NULL;
        code = sqlite3_prepare_v3(sqlite->handle, text, -1, SQLITE_PREPARE_PERSISTENT,
                                  &rows->statement, NULL);
        if (code != SQLITE_OK || !in_order(rows->statement)) {
                *ret_error = code != SQLITE_OK ? sqlite_errno(sqlite, code) : -EINVAL;
                free_rows(rows);
                return NULL;
        }
        rows->rows.sql = &sqlite->sql;
        rows->text = text;
        return rows;
}

/* The kept statement; if it runs already, as in a callback of itself, one that is not kept. */
static struct sqlite_rows *get_prepared(struct sqlite *sqlite, const char *text, int *ret_error)
{
        struct sqlite_rows **slot = slot_of(sqlite, text);
        struct sqlite_rows *kept = *slot, *rows;

        while (kept && kept->text != text)
                kept = kept->next;
        if (kept && !kept->busy)
                return kept;
        rows = prepare(sqlite, text, ret_error);
        if (!rows || kept)
                return rows;
        rows->cached = true;
        rows->next = *slot;
        *slot = rows;
        return rows;
}

static int bind_one(sqlite3_stmt *statement, int n, const struct sql_value *value)
{
        switch (value->type) {
        case SQL_INT:
                return sqlite3_bind_int64(statement, n, value->number);
        case SQL_TEXT:
                return sqlite3_bind_text64(statement, n, value->bytes, value->size, SQLITE_STATIC,
                                           SQLITE_UTF8);
        case SQL_BLOB:
                return sqlite3_bind_blob64(statement, n, value->bytes, value->size, SQLITE_STATIC);
        }
        return SQLITE_MISUSE;
}

static void driver_finish(struct sql_rows *base)
{
        struct sqlite_rows *rows = of_rows(base);

        sqlite3_reset(rows->statement);
        sqlite3_clear_bindings(rows->statement);
        rows->busy = false;
        if (!rows->cached)
                free_rows(rows);
}

static int driver_query(struct sql *sql, struct sql_rows **ret_rows, const char *text,
                        const struct sql_value *values, size_t n_values)
{
        int error;
        struct sqlite_rows *rows = get_prepared(of(sql), text, &error);

        if (!rows)
                return error;
        rows->busy = true;
        for (size_t i = 0; i < n_values; i++) {
                int code = bind_one(rows->statement, (int)i + 1, &values[i]);

                if (code != SQLITE_OK) {
                        driver_finish(&rows->rows);
                        return sqlite_errno(of(sql), code);
                }
        }
        *ret_rows = &rows->rows;
        return 0;
}

static int driver_next(struct sql_rows *base)
{
        struct sqlite_rows *rows = of_rows(base);
        struct sqlite *sqlite = of(base->sql);
        int code = sqlite3_step(rows->statement);

        if (code == SQLITE_ROW)
                return 1;
        if (code != SQLITE_DONE)
                return sqlite_errno(sqlite, code);
        rows->changes = sqlite3_changes(sqlite->handle);
        return 0;
}

static int64_t driver_get_int(struct sql_rows *rows, int column)
{
        return sqlite3_column_int64(of_rows(rows)->statement, column);
}

static const void *driver_get_bytes(struct sql_rows *rows, int column, size_t *ret_size)
{
        sqlite3_stmt *statement = of_rows(rows)->statement;
        const void *bytes = sqlite3_column_type(statement, column) == SQLITE_BLOB
                                    ? sqlite3_column_blob(statement, column)
                                    : (const void *)sqlite3_column_text(statement, column);

        *ret_size = (size_t)sqlite3_column_bytes(statement, column);
        return bytes;
}

static int driver_changes(struct sql_rows *rows)
{
        return of_rows(rows)->changes;
}

/* Takes effect while it is prepared, so it cannot be kept prepared. */
static int set_async(struct sqlite *sqlite, bool async)
{
        int code;

        if (sqlite->async == async)
                return 0;
        code = sqlite3_exec(sqlite->handle,
                            async ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL",
                            NULL, NULL, NULL);
        if (code != SQLITE_OK)
                return sqlite_errno(sqlite, code);
        sqlite->async = async;
        return 0;
}

static int driver_begin(struct sql *sql, enum sql_access access)
{
        int r = set_async(of(sql), access == SQL_WRITE_ASYNC);

        if (r == 0)
                r = access == SQL_READ ? sql_run(sql, "BEGIN", SQL_NONE)
                                       : sql_run(sql, "BEGIN IMMEDIATE", SQL_NONE);
        return r < 0 ? r : 0;
}

static int driver_commit(struct sql *sql)
{
        int r = sql_run(sql, "COMMIT", SQL_NONE);

        return r < 0 ? r : 0;
}

static void driver_rollback(struct sql *sql)
{
        /* Some errors have rolled back already. If this fails, only a new connection helps. */
        if (!sqlite3_get_autocommit(of(sql)->handle) && sql_run(sql, "ROLLBACK", SQL_NONE) < 0)
                sql->broken = true;
}

static int driver_checkpoint(struct sql *sql)
{
        int code = sqlite3_wal_checkpoint_v2(of(sql)->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL,
                                             NULL);

        /* Busy: another worker is at it. */
        return code == SQLITE_OK || code == SQLITE_BUSY ? 0 : sqlite_errno(of(sql), code);
}

const struct sql_driver sql_sqlite = {
        .name = "sqlite",
        .trigrams = true,
        .open = driver_open,
        .close = driver_close,
        .script = sqlite_script,
        .query = driver_query,
        .next = driver_next,
        .get_int = driver_get_int,
        .get_bytes = driver_get_bytes,
        .changes = driver_changes,
        .finish = driver_finish,
        .begin = driver_begin,
        .commit = driver_commit,
        .rollback = driver_rollback,
        .checkpoint = driver_checkpoint,
        .settled = sqlite_settled,
        .settle = sqlite_settle,
        .copy = sqlite_copy,
        .examine_copy = sqlite_examine_copy,
        .examine = sqlite_examine,
        .next_table = sqlite_next_table,
        .examine_table = sqlite_examine_table,
        .size = sqlite_size,
};
