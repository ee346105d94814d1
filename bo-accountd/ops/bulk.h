/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users, customers and locations out and in as rows of texts: many in one call, the operator's
 * alone. */
#pragma once

#include "bo-accountd/ops/op.h"

#include <stdio.h>

#define BULK_FIELDS_MOST 24
#define BULK_ROWS_MOST   1000 /* of one call: it has a worker as long as it lasts */

/* What is exported and imported; see bulk_private.h. */
struct bulk_kind;
extern const struct bulk_kind bulk_users, bulk_customers, bulk_locations;
size_t bulk_fields(const struct bulk_kind *kind, const char *const **ret_fields);

/* A page of rows in the one form of each text, so that what was imported is exported as it was. */
struct bulk_export {
        const struct bulk_kind *kind;
        const char *customer; /* NULL: of all */
        const char *cursor;   /* "": from the first */
        uint32_t limit;
        char *cells; /* results: row by row, each text ended by a zero byte */
        size_t size, n_rows;
        char next[NAME_MAX_BYTES + 1]; /* "": that was the last */
        FILE *stream;                  /* that writes them; the operation's own */
};
int op_bulk_export(struct op *op, struct bulk_export *call);
void bulk_export_clear(struct bulk_export *call);

struct bulk_remark {
        uint32_t row; /* from 0 */
        bool warning; /* or an error: then the row was not taken */
        char field[24];
        char text[OP_MESSAGE_SIZE];
};

/* How far an import has come. */
struct bulk_reached {
        size_t at;
        uint32_t created, unchanged;
        size_t n_remarks;
};

struct bulk_import {
        const struct bulk_kind *kind;
        const char *fields[BULK_FIELDS_MOST]; /* that the rows have */
        size_t n_fields;
        const char **cells; /* n_rows times n_fields; malloc'd, what they point to not */
        size_t n_rows;
        bool dry_run;                /* judge, and write nothing */
        bool mail;                   /* mail links to those whom mail reaches */
        bool more;                   /* another call follows: NSS may be told later */
        uint32_t created, unchanged; /* results */
        struct bulk_remark *remarks;
        size_t n_remarks, remarks_room;
        size_t column[BULK_FIELDS_MOST]; /* the operation's own: which of the kind's fields each is
                                          */
        size_t at, n_asked;              /* rows that were taken; that NSS was asked about */
        struct bulk_reached kept;        /* what is committed, or judged in a dry run */
        uint32_t *uids;                  /* of the users that were created */
        struct bulk_nss *nss;            /* of users */
};
int op_bulk_import(struct op *op, struct bulk_import *call);
void bulk_import_clear(struct bulk_import *call);
