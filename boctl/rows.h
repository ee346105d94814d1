/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of texts in files: CSV (RFC 4180) and JSON, read and written one after another. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct row_writer {
        FILE *stream;
        const char *const *fields;
        size_t n_fields;
        uint64_t n_rows;
        bool failed; /* a row had no memory, and what was written is of no use */
        void (*row)(struct row_writer *writer, const char *const *cells);
        void (*end)(struct row_writer *writer);
};

/* A cell as a row of CSV has it, without the comma. */
void csv_cell(FILE *stream, const char *cell);

/* The header, if there is one, is written at once. Errors are the stream's. */
void csv_writer(struct row_writer *writer);
void json_writer(struct row_writer *writer);

#define ROW_BYTES_MOST ((size_t)16 << 20) /* a file without an end is no file of ours */
#define ROW_CELLS_MOST 64

/* What row_next() found. */
enum row_found {
        ROW_END,
        ROW_GOOD,
        ROW_BAD,    /* this row alone: problem says why */
        ROW_BROKEN, /* nothing behind it can be read */
};

struct row_reader {
        FILE *stream;
        char *fields[ROW_CELLS_MOST]; /* of the row that was read last: of JSON they may differ */
        char *cells[ROW_CELLS_MOST];
        size_t n_fields, n_cells;
        uint64_t line; /* where it begins; of JSON its number, from 1 */
        const char *line_word;
        char problem[256];
        enum row_found (*next)(struct row_reader *reader);
        void *own;
        void (*clear)(struct row_reader *reader);
};

/* 0, or -ENOMEM. @reader->stream is open. */
int csv_reader(struct row_reader *reader);
int json_reader(struct row_reader *reader);
/* What cells and fields hold is freed; for readers. */
void row_cells_free(struct row_reader *reader);
void row_fields_free(struct row_reader *reader);

/* How JSON says a field: as a number, true or false, or a list of what spaces part in the text. */
enum row_type {
        ROW_TEXT,
        ROW_NUMBER,
        ROW_BOOL, /* "yes" or "no" */
        ROW_LIST,
};
enum row_type row_type_of(const char *field);
