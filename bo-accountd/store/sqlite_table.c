/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SQLite file examined for damage, a table at a time. */
#include "bo-accountd/store/sqlite.h"

#include <errno.h>
#include <string.h>

static sqlite3 *handle_of(struct sql *sql)
{
        return ((struct sqlite *)sql)->handle;
}

/* The first column of the first row of @text, which is freed. -ENODATA without a row. */
static int first_text(struct sql *sql, char *text, char *out, size_t size)
{
        sqlite3_stmt *statement = NULL;
        int code = text ? sqlite3_prepare_v2(handle_of(sql), text, -1, &statement, NULL)
                        : SQLITE_NOMEM;

        if (code == SQLITE_OK)
                code = sqlite3_step(statement);
        if (code == SQLITE_ROW)
                snprintf(out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        sqlite3_free(text);
        if (code == SQLITE_ROW || code == SQLITE_DONE)
                return code == SQLITE_ROW ? 0 : -ENODATA;
        return sqlite_errno((struct sqlite *)sql, code);
}

/* Virtual tables have no pages of their own: their shadow tables have, and are listed. */
int sqlite_next_table(struct sql *sql, const char *after, char *ret_table, size_t size)
{
        return first_text(sql,
                          sqlite3_mprintf("SELECT name FROM sqlite_master WHERE type = 'table'"
                                          " AND rootpage > 0 AND name > %Q ORDER BY name LIMIT 1",
                                          after),
                          ret_table, size);
}

int sqlite_examine_table(struct sql *sql, const char *table, bool whole, char *ret_problem,
                         size_t size)
{
        int r = first_text(sql,
                           whole ? sqlite3_mprintf("PRAGMA integrity_check(%Q)", table)
                                 : sqlite3_mprintf("PRAGMA quick_check(%Q)", table),
                           ret_problem, size);

        if (r == 0 && strcmp(ret_problem, "ok") == 0)
                ret_problem[0] = '\0';
        return r;
}

int sqlite_size(struct sql *sql, uint64_t *ret_bytes)
{
        char pages[32] = "", bytes[32] = "";
        int r = first_text(sql, sqlite3_mprintf("PRAGMA page_count"), pages, sizeof(pages));

        if (r == 0)
                r = first_text(sql, sqlite3_mprintf("PRAGMA page_size"), bytes, sizeof(bytes));
        if (r == 0)
                *ret_bytes = strtoull(pages, NULL, 10) * strtoull(bytes, NULL, 10);
        return r;
}
