/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the SQLite driver that know each other: statements, and how the file is opened. */
#pragma once

#include "bo-accountd/store/sql.h"

#include <sqlite3.h>

#define SQLITE_CACHE_SLOTS 64

struct sqlite_rows {
        struct sql_rows rows;
        struct sqlite_rows *next; /* in the same slot */
        const char *text;
        sqlite3_stmt *statement;
        int changes;
        bool cached, busy;
};

struct sqlite {
        struct sql sql;
        sqlite3 *handle;
        struct sqlite_rows *cache[SQLITE_CACHE_SLOTS];
        bool async; /* commits do not wait for the disk at present */
};

/* The errno for the result @code of a call; marks the connection as broken if it is. */
int sqlite_errno(struct sqlite *sqlite, int code);

/* Opens @path into @ret_handle with the settings that every connection has; makes the file. */
int sqlite_file_open(const char *path, sqlite3 **ret_handle);

/* store/copy.h */
int sqlite_copy(struct sql *sql, const char *to, const struct copy_watch *watch);
int sqlite_examine_copy(const char *path, const struct copy_watch *watch);
int sqlite_examine(struct sql *sql);
/* Of the driver: see struct sql_driver. */
int sqlite_next_table(struct sql *sql, const char *after, char *ret_table, size_t size);
int sqlite_examine_table(struct sql *sql, const char *table, bool whole, char *ret_problem,
                         size_t size);
int sqlite_size(struct sql *sql, uint64_t *ret_bytes);
int sqlite_settled(const char *where, int64_t *ret_sequence);
int sqlite_settle(struct sql *sql);

/* Runs @text, several statements with {placeholders}. */
int sqlite_script(struct sql *sql, const char *text);
