/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table as table.c fills it and table_print.c prints it. */
#pragma once

#include <libsmartcols.h>

#include "boctl/table.h"

struct table {
        struct libscols_table *scols;
        struct libscols_line *line;
        const struct column *columns;
        size_t n_columns;
        const char *name;
        bool json;
        bool later;  /* another array of the same JSON object came before */
        bool more;   /* another one follows */
        bool begun;  /* a page has been printed */
        bool failed; /* out of memory on the way: told at the end */
};
