/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of running a statement that is the same for every engine. */
#include "bo-accountd/store/sql.h"

#include <errno.h>
#include <string.h>

struct sql_value sql_text(const char *text)
{
        const char *bytes = text ? text : "";

        return (struct sql_value){.type = SQL_TEXT, .bytes = bytes, .size = strlen(bytes)};
}

int sql_query(struct sql *sql, struct sql_rows **ret_rows, const char *text,
              const struct sql_value *values, size_t n_values)
{
        int r = sql->driver->query(sql, ret_rows, text, values, n_values);

        if (r == 0)
                sql->active++;
        return r;
}

int sql_next(struct sql_rows *rows)
{
        return rows->sql->driver->next(rows);
}

int64_t sql_get_int(struct sql_rows *rows, int column)
{
        return rows->sql->driver->get_int(rows, column);
}

uint64_t sql_get_u64(struct sql_rows *rows, int column)
{
        int64_t number = sql_get_int(rows, column);

        return number < 0 ? 0 : (uint64_t)number;
}

uint32_t sql_get_u32(struct sql_rows *rows, int column)
{
        return (uint32_t)sql_get_int(rows, column);
}

const char *sql_get_text(struct sql_rows *rows, int column)
{
        size_t size;
        const char *text = rows->sql->driver->get_bytes(rows, column, &size);

        return text ? text : "";
}

void sql_copy_text(struct sql_rows *rows, int column, char *out, size_t size)
{
        const char *text = sql_get_text(rows, column);
        size_t length = strnlen(text, size - 1);

        memcpy(out, text, length);
        out[length] = '\0';
}

int sql_copy_blob(struct sql_rows *rows, int column, void *out, size_t size)
{
        size_t found;
        const void *bytes = rows->sql->driver->get_bytes(rows, column, &found);

        if (!bytes || found != size)
                return -EIO;
        memcpy(out, bytes, size);
        return 0;
}

struct sql_rows *sql_finish(struct sql_rows *rows)
{
        if (!rows)
                return NULL;

        rows->sql->active--;
        rows->sql->driver->finish(rows);
        return NULL;
}

int sql_run(struct sql *sql, const char *text, const struct sql_value *values, size_t n_values)
{
        _cleanup_(sql_finishp) struct sql_rows *rows = NULL;
        int r = sql_query(sql, &rows, text, values, n_values);

        if (r < 0)
                return r;
        do
                r = sql_next(rows);
        while (r > 0);
        return r < 0 ? r : sql->driver->changes(rows);
}

struct sql *sql_close(struct sql *sql)
{
        if (sql)
                sql->driver->close(sql);
        return NULL;
}
