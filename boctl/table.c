/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables filled: columns, rows and cells. */
#include <inttypes.h>
#include <string.h>

#include "boctl/colour.h"
#include "boctl/table_private.h"
#include "boctl/when.h"
#include "common/text.h"

static int json_type(enum cell_type type)
{
        switch (type) {
        case CELL_NUMBER:
                return SCOLS_JSON_NUMBER;
        case CELL_BOOL:
                return SCOLS_JSON_BOOLEAN;
        case CELL_LIST:
                return SCOLS_JSON_ARRAY_STRING;
        case CELL_TEXT:
        case CELL_TIME:
                return SCOLS_JSON_STRING;
        }
        return SCOLS_JSON_STRING;
}

static int column_add(struct table *table, const struct column *column)
{
        int flags = column->type == CELL_NUMBER ? SCOLS_FL_RIGHT : 0;
        struct libscols_column *added;

        if (table->json && column->type == CELL_LIST)
                flags |= SCOLS_FL_WRAP;
        added = scols_table_new_column(table->scols, table->json ? column->key : column->label, 0,
                                       flags);
        if (!added)
                return -1;
        if (*colour_on(stdout, COLOUR_BOLD) && !table->json)
                scols_cell_set_color(scols_column_get_header(added),
                                     colour_on(stdout, COLOUR_BOLD));
        if (scols_column_set_json_type(added, json_type(column->type)) < 0)
                return -1;
        if (!(flags & SCOLS_FL_WRAP))
                return 0;
        /* The items of a list stand on lines of their own inside of the cell. */
        return scols_column_set_safechars(added, "\n") < 0 ||
                               scols_column_set_wrapfunc(added, scols_wrapnl_chunksize,
                                                         scols_wrapnl_nextchunk, NULL) < 0
                       ? -1
                       : 0;
}

struct table *table_new(const struct request *request, const char *name,
                        const struct column *columns, size_t n_columns)
{
        _cleanup_(table_freep) struct table *table = calloc(1, sizeof(*table));

        if (!table)
                return NULL;
        *table = (struct table){.scols = scols_new_table(),
                                .columns = columns,
                                .n_columns = n_columns,
                                .name = name,
                                .json = request->json};
        if (!table->scols || scols_table_set_name(table->scols, name) < 0)
                return NULL;
        scols_table_enable_json(table->scols, table->json);
        scols_table_enable_colors(table->scols, *colour_on(stdout, COLOUR_BOLD) && !table->json);
        for (size_t i = 0; i < n_columns; i++)
                if (column_add(table, &columns[i]) < 0)
                        return NULL;
        return TAKE_PTR(table);
}

struct table *table_free(struct table *table)
{
        if (table)
                scols_unref_table(table->scols);
        free(table);
        return NULL;
}

void table_part(struct table *table, bool first, bool last)
{
        table->later = !first;
        table->more = !last;
}

void table_row(struct table *table)
{
        table->line = scols_table_new_line(table->scols, NULL);
        if (!table->line)
                table->failed = true;
}

/* What may have a colour: names that people choose may be words of ours. */
static bool is_status(const struct column *column)
{
        static const char *const keys[] = {"status", "state", "severity", "result"};

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                if (strcmp(column->key, keys[i]) == 0)
                        return true;
        return false;
}

/* @text is clean. */
static void cell_set(struct table *table, size_t column, const char *text)
{
        struct libscols_cell *cell;

        if (table->line && *text && scols_line_set_data(table->line, column, text) < 0)
                table->failed = true;
        if (!table->line || table->json || !is_status(&table->columns[column]) ||
            !*colour_on(stdout, colour_of_status(text)))
                return;
        cell = scols_line_get_cell(table->line, column);
        if (cell && scols_cell_set_color(cell, colour_on(stdout, colour_of_status(text))) < 0)
                table->failed = true;
}

void table_text(struct table *table, size_t column, const char *text)
{
        size_t size = text ? strlen(text) + 1 : 0;
        _cleanup_(freep) char *clean = NULL;

        if (size == 0)
                return;
        clean = malloc(size);
        if (!clean) {
                table->failed = true;
                return;
        }
        text_clean(clean, size, text, false);
        cell_set(table, column, clean);
}

void table_number(struct table *table, size_t column, uint64_t number)
{
        char text[24];

        snprintf(text, sizeof(text), "%" PRIu64, number);
        cell_set(table, column, text);
}

void table_bool(struct table *table, size_t column, bool value)
{
        if (table->json)
                cell_set(table, column, value ? "1" : "0");
        else
                cell_set(table, column, value ? "yes" : "no");
}

void table_time(struct table *table, size_t column, uint64_t time_usec)
{
        char text[WHEN_SIZE];

        if (time_usec == 0 && table->json)
                return;
        when(text, sizeof(text), time_usec);
        cell_set(table, column, text);
}

void table_list(struct table *table, size_t column, char **items, size_t n)
{
        _cleanup_(freep) char *joined = NULL;
        size_t size = 1, used = 0;

        for (size_t i = 0; i < n; i++)
                size += strlen(items[i]) + 2;
        joined = malloc(size);
        if (!joined) {
                table->failed = true;
                return;
        }
        joined[0] = '\0';
        for (size_t i = 0; i < n; i++) {
                text_clean(joined + used, size - used, items[i], false);
                used += strlen(joined + used);
                if (i + 1 < n) {
                        strcpy(joined + used, table->json ? "\n" : ", ");
                        used += strlen(joined + used);
                }
        }
        cell_set(table, column, joined);
}

void table_roles(struct table *table, size_t column, const struct bo_in_customer *roles, size_t n)
{
        char **items = calloc(n + 1, sizeof(*items));

        for (size_t i = 0; items && i < n; i++)
                if (asprintf(&items[i], "%s:%s", roles[i].customer, roles[i].name) < 0)
                        items[i] = NULL;
        for (size_t i = 0; i < n; i++)
                if (!items || !items[i]) {
                        table->failed = true;
                        n = i;
                }
        table_list(table, column, items, n);
        for (size_t i = 0; items && i < n; i++)
                free(items[i]);
        free(items);
}
