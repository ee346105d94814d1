/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tables as text or JSON, page by page, and records of one thing. */
#pragma once

#include "boctl/boctl.h"

enum cell_type {
        CELL_TEXT,
        CELL_NUMBER,
        CELL_BOOL, /* "1" or "0" */
        CELL_TIME, /* never: null in JSON */
        CELL_LIST,
};

struct column {
        const char *key;   /* in JSON */
        const char *label; /* in text */
        enum cell_type type;
};

struct table;

/* NULL: out of memory. @name is the array of the rows in JSON. */
struct table *table_new(const struct request *request, const char *name,
                        const struct column *columns, size_t n_columns);
struct table *table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free)

/* Of several tables that are one JSON object: is it the first, is it the last? */
void table_part(struct table *table, bool first, bool last);

/* Begins a row; the cells of the one before are done. */
void table_row(struct table *table);

/* Sets a cell of the row, cleaned of control characters. NULL and "": empty. */
void table_text(struct table *table, size_t column, const char *text);
void table_number(struct table *table, size_t column, uint64_t number);
void table_bool(struct table *table, size_t column, bool value);
void table_time(struct table *table, size_t column, uint64_t time_usec);
void table_list(struct table *table, size_t column, char **items, size_t n);

/* "customer:role" of each. */
void table_roles(struct table *table, size_t column, const struct bo_in_customer *roles, size_t n);

/* Prints the rows so far and forgets them: columns keep at least their width. */
int table_flush(struct table *table);

/* Prints what is left, and the end. EXIT_DONE, or told. */
int table_end(struct table *table);

/*
 * Prints the only row as a record: a line for each column in text (none for empty ones), an array
 * of one object in JSON. EXIT_DONE, or told.
 */
int table_record(struct table *table);
