/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store asks of a database engine: about a dozen calls, one driver for each engine. */
#pragma once

#include "common/cleanup.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The SQL is the dialect that SQLite and PostgreSQL share: parameters are $1 ... $n, first
 * mentioned in this order. Scripts may also hold {int} {text} {blob} for column types, and {strict}
 * or {keyed} (a table that is found by its primary key alone) at the end of a CREATE TABLE; a line
 * that begins with {trigrams} is for engines that have FTS5, and a comment to others.
 *
 * Errors of every call: -EIO damaged or unreadable, -ENOSPC, -EROFS, -ENOMEM, -EBUSY after bounded
 * waiting, -EEXIST a key is there already, -ENOENT a foreign key leads nowhere, -EINVAL a value
 * that the schema refuses.
 */
struct sql_driver;
struct copy_watch;

/* A connection; a driver's own begins with this. */
struct sql {
        const struct sql_driver *driver;
        unsigned active; /* statements between sql_query() and sql_finish() */
        bool broken;     /* met something that only a new connection may get over */
};

/* A statement that runs; a driver's own begins with this. */
struct sql_rows {
        struct sql *sql;
};

enum sql_access {
        SQL_READ,
        SQL_WRITE,       /* durable when it is committed */
        SQL_WRITE_ASYNC, /* on the disk with the next durable one */
};

enum sql_type {
        SQL_INT,
        SQL_TEXT,
        SQL_BLOB,
};

/* A parameter. What @bytes points to must stay as it is until sql_finish(). */
struct sql_value {
        enum sql_type type;
        int64_t number;
        const void *bytes;
        size_t size;
};

struct sql_driver {
        const char *name;
        bool trigrams; /* finds parts of words by FTS5's tables, which a script marks {trigrams} */
        int (*open)(struct sql **ret_sql, const char *where);
        void (*close)(struct sql *sql);
        int (*script)(struct sql *sql, const char *text);
        /* Prepares @text, or takes what it made of the same pointer before, and binds @values. */
        int (*query)(struct sql *sql, struct sql_rows **ret_rows, const char *text,
                     const struct sql_value *values, size_t n_values);
        int (*next)(struct sql_rows *rows);
        int64_t (*get_int)(struct sql_rows *rows, int column);
        const void *(*get_bytes)(struct sql_rows *rows, int column, size_t *ret_size);
        int (*changes)(struct sql_rows *rows);
        void (*finish)(struct sql_rows *rows);
        int (*begin)(struct sql *sql, enum sql_access access);
        int (*commit)(struct sql *sql);
        void (*rollback)(struct sql *sql);
        int (*checkpoint)(struct sql *sql); /* moves what has gathered in a log, without blocking */
        /* As store_copy(): copied in the transaction that is open, looked at without it; as
         * store_examine(). */
        int (*copy)(struct sql *sql, const char *to, const struct copy_watch *watch);
        int (*examine_copy)(const char *path, const struct copy_watch *watch);
        int (*examine)(struct sql *sql);
        /* The first table behind @after; -ENODATA: there is none. */
        int (*next_table)(struct sql *sql, const char *after, char *ret_table, size_t size);
        /* Reads all of @table, and with @whole holds its indexes against it. "": no damage. */
        int (*examine_table)(struct sql *sql, const char *table, bool whole, char *ret_problem,
                             size_t size);
        int (*size)(struct sql *sql, uint64_t *ret_bytes);
        /* The last row of the audit trail that @where has without its log; -ENODATA: not known. And
         * that what is there is on the disk. */
        int (*settled)(const char *where, int64_t *ret_sequence);
        int (*settle)(struct sql *sql);
};

extern const struct sql_driver sql_sqlite;

static inline struct sql_value sql_int(int64_t number)
{
        return (struct sql_value){.type = SQL_INT, .number = number};
}

/* Times and other counts that stay far below 2^63. */
static inline struct sql_value sql_u64(uint64_t number)
{
        return sql_int(number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

/* NULL is stored as an empty text: the schema knows no NULL. */
struct sql_value sql_text(const char *text);

static inline struct sql_value sql_blob(const void *bytes, size_t size)
{
        return (struct sql_value){.type = SQL_BLOB, .bytes = bytes, .size = size};
}

#define SQL_NONE NULL, 0
#define SQL_VALUES(...)                                                                            \
        ((const struct sql_value[]){__VA_ARGS__}),                                                 \
                sizeof((const struct sql_value[]){__VA_ARGS__}) / sizeof(struct sql_value)

/* Starts @text, a literal; sql_finish() what it yields. */
int sql_query(struct sql *sql, struct sql_rows **ret_rows, const char *text,
              const struct sql_value *values, size_t n_values);

/* 1 a row, 0 no more, < 0. */
int sql_next(struct sql_rows *rows);

/* Columns of the present row, from 0; valid until the next sql_next(). */
int64_t sql_get_int(struct sql_rows *rows, int column);
uint64_t sql_get_u64(struct sql_rows *rows, int column);
uint32_t sql_get_u32(struct sql_rows *rows, int column);
const char *sql_get_text(struct sql_rows *rows, int column);
void sql_copy_text(struct sql_rows *rows, int column, char *out, size_t size);
/* -EIO if the column is not of exactly @size bytes. */
int sql_copy_blob(struct sql_rows *rows, int column, void *out, size_t size);

struct sql_rows *sql_finish(struct sql_rows *rows);
DEFINE_CLEANUP(struct sql_rows *, sql_finish)

/* Runs @text to its end. The number of rows that it changed, or < 0. */
int sql_run(struct sql *sql, const char *text, const struct sql_value *values, size_t n_values);

struct sql *sql_close(struct sql *sql);
DEFINE_CLEANUP(struct sql *, sql_close)
