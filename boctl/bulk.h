/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What export and import share: the words of the command line, and rows on their way in. */
#pragma once

#include "boctl/boctl.h"
#include "boctl/rows.h"

/* Of the first argument. EXIT_DONE, or told. */
int bulk_what(const struct request *request, enum bo_bulk *ret_what);
/* Of --format, or the end of @file's name. EXIT_DONE, or told. */
int bulk_is_json(const struct request *request, const char *file, bool *ret_json);

/* Where a key was seen first in a file. */
struct seen;
struct seen *seen_new(void);
/* 0: it is new, and kept with @line; the line where it stands already; < 0: -ENOMEM. */
int64_t seen_at(struct seen *seen, const char *prefix, const char *key, uint64_t line);
struct seen *seen_free(struct seen *seen);

/* How an import goes. */
struct import {
        struct request *request;
        const char *file;
        enum bo_bulk what;
        unsigned flags;
        uint64_t max_errors;
        struct row_reader reader;
        struct seen *seen;
        bool whole; /* all of the file was looked at */
        uint64_t n_rows, n_created, n_unchanged, n_errors, n_warnings;
        void *problems; /* json_t, with --json */

        /* Rows that have the same fields and wait to be sent. */
        char **fields;
        size_t n_fields;
        char **cells;
        uint64_t *lines;
        size_t n_waiting, bytes_waiting;
};

/* Takes the row that was read. EXIT_DONE, or told. */
int import_add(struct import *import);
/* Sends what waits; @last: and has NSS show all. EXIT_DONE, or told. */
int import_send(struct import *import, bool last);
/* Tells of a row. */
int import_problem(struct import *import, bool warning, uint64_t line, const char *field,
                   const char *text);
void import_clear(struct import *import);
