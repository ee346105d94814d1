/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables printed as text or JSON by libsmartcols, page by page. */
#include <string.h>

#include "boctl/colour.h"
#include "boctl/table_private.h"

/* libsmartcols writes an empty list as [ null ]. A raw line break is in no JSON string. */
static void null_lists_drop(char *json)
{
        static const char blank[] = " \n";

        while ((json = strstr(json, "[\n"))) {
                char *item, *end;

                json++;
                item = json + strspn(json, blank);
                if (strncmp(item, "null", 4) != 0)
                        continue;
                end = item + 4 + strspn(item + 4, blank);
                if (*end == ']')
                        memmove(json, end, strlen(end) + 1);
        }
}

/* What stands before an array of the JSON object, and after it. */
static const char *json_open(const struct table *table)
{
        return table->later ? ",\n" : "{\n";
}

static const char *json_close(const struct table *table)
{
        return table->more ? "" : "\n}\n";
}

/*
 * libsmartcols has no JSON in pieces: a page is printed as a document of its own, of which the
 * rows are kept.
 */
static int json_flush(struct table *table)
{
        _cleanup_(freep) char *text = NULL;
        char *first, *last;

        if (scols_table_get_nlines(table->scols) == 0)
                return 0;
        if (scols_print_table_to_string(table->scols, &text) < 0)
                return -1;
        first = strchr(text, '[');
        last = strrchr(text, ']');
        if (!first || !last)
                return -1;
        *last = '\0';
        null_lists_drop(first + 1);
        first += 1 + strspn(first + 1, "\n");
        for (size_t length = strlen(first); length > 0 && strchr(" \n", first[length - 1]);)
                first[--length] = '\0';
        if (table->begun)
                fputs(",\n", stdout);
        else
                printf("%s   \"%s\": [\n", json_open(table), table->name);
        fputs(first, stdout);
        return 0;
}

/* The next page is at least as wide, and has no headings. */
static int text_flush(struct table *table)
{
        _cleanup_(freep) char *text = NULL;

        if (scols_table_get_nlines(table->scols) == 0)
                return 0;
        if (scols_print_table_to_string(table->scols, &text) < 0)
                return -1;
        fputs(text, stdout);
        if (*text && text[strlen(text) - 1] != '\n')
                putchar('\n');
        scols_table_enable_noheadings(table->scols, 1);
        for (size_t i = 0; i < table->n_columns; i++) {
                struct libscols_column *column = scols_table_get_column(table->scols, i);

                scols_column_set_whint(column, (double)scols_column_get_width(column));
        }
        return 0;
}

int table_flush(struct table *table)
{
        bool rows = scols_table_get_nlines(table->scols) > 0;

        if (!table->failed && (table->json ? json_flush(table) : text_flush(table)) < 0)
                table->failed = true;
        table->begun = table->begun || rows;
        table->line = NULL;
        scols_table_remove_lines(table->scols);
        return table->failed ? fail("Out of memory.") : EXIT_DONE;
}

int table_end(struct table *table)
{
        int r = table_flush(table);

        if (r != EXIT_DONE || !table->json)
                return r;
        if (table->begun)
                printf("\n   ]%s", json_close(table));
        else
                printf("%s   \"%s\": []%s", json_open(table), table->name, json_close(table));
        return EXIT_DONE;
}

int table_record(struct table *table)
{
        if (table->json)
                return table_end(table);
        for (size_t i = 0; i < table->n_columns && table->line; i++) {
                struct libscols_cell *cell = scols_line_get_cell(table->line, i);
                const char *text = cell ? scols_cell_get_data(cell) : NULL;

                if (text && *text) {
                        const char *colour = scols_cell_get_color(cell);

                        printf("%s%-17s%s %s%s%s\n", colour_on(stdout, COLOUR_BOLD),
                               table->columns[i].label, colour_off(stdout), colour ? colour : "",
                               text, colour ? colour_off(stdout) : "");
                }
        }
        return table->failed ? fail("Out of memory.") : EXIT_DONE;
}
