/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a kind of rows knows of itself, behind the frame that is the same for all. */
#pragma once

#include "bo-accountd/ops/bulk.h"
#include "bo-accountd/ops/ops.h"

struct bulk_row {
        struct bulk_import *import;
        size_t index;
        const char
                *text[BULK_FIELDS_MOST]; /* by the kind's fields; NULL: not given, or bo decides */
        const char *field;               /* that is looked at: an error is about it */
        bool there;                      /* result: one like it was there already */
        uint32_t uid;                    /* result: of who was created */
};

struct bulk_kind {
        const char *name;          /* "users" */
        const char *const *fields; /* the first is what a row is known by */
        size_t n_fields;
        /* Writes a page of rows by bulk_cell() and sets call->next. */
        int (*read)(struct op *op, struct bulk_export *call);
        /* Judges a row and writes it, in a part of the transaction that is undone after an error.
         * BO_ERR_*, with the field in row->field; -EAGAIN if NSS has to be asked first. */
        int (*put)(struct op *op, struct tx *tx, struct bulk_row *row);
        /* When all rows of a slice are written; NULL: nothing is left to do. */
        int (*finish)(struct op *op, struct tx *tx, struct bulk_import *call);
        bool shown_by_nss;
        /* What does not depend on the store alone, or NULL: which rows other sources of the system
         * are asked about; asking, row by row from call->n_asked on, until then; the end of it. */
        int (*foresee)(struct op *op, struct bulk_import *call);
        int (*ask)(struct bulk_import *call, uint64_t until_usec);
        void (*forget)(struct bulk_import *call);
};

int bulk_record(struct op *op, struct tx *tx, const char *event, const char *customer,
                const char *detail);
void bulk_note(struct op *op, const char *event, const char *customer, const char *detail);

/* One text of a row that goes out. */
void bulk_cell(FILE *stream, const char *text);

/* A row may be long: a page ends behind as much as is a message of sound size. */
bool bulk_page_is_full(const struct bulk_export *call);

/* The texts of one row, written by bulk_cell() to @stream of bulk_cells_begin(). */
struct bulk_cells {
        char *bytes;
        size_t size;
        FILE *stream;
};
int bulk_cells_begin(struct bulk_cells *cells);
int bulk_cells_end(struct bulk_cells *cells);
void bulk_cells_clear(struct bulk_cells *cells);

/* What is there, and what the row wants: are the fields alike that the row gives? BO_ERR_BAD_VALUE
 * names the first that is not: nothing is overwritten. */
int bulk_compare(struct op *op, struct bulk_row *row, const struct bulk_cells *there,
                 const struct bulk_cells *wanted);

/* The text of field @index, empty if the row has none; errors are about this field from now on. */
const char *bulk_text(struct bulk_row *row, size_t index);
/* "yes", "no" or empty. BO_ERR_BAD_VALUE. */
int bulk_bool(struct op *op, struct bulk_row *row, size_t index, bool *ret);

/* The text that row @row has of the field, before it is taken; empty if it has none. */
const char *bulk_given(const struct bulk_import *call, size_t row, size_t field);

/* An error of @row: op->message, or the text of @error. */
int bulk_remark_error(struct op *op, const struct bulk_row *row, int error);
/* An error of each row from call->at on. */
int bulk_remark_rest(struct bulk_import *call, const char *why);
struct bulk_remark *bulk_remark_add(struct bulk_import *call, size_t row, const char *field);
int bulk_warn(struct bulk_import *call, size_t row, const char *field, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* Words parted by spaces, in place; free @ret_words. As many as there are: what is stored has no
 * bound either, and a message of D-Bus has one. */
int bulk_words(char *text, char ***ret_words, size_t *ret_n);
