/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dictionaries of the bus (a{sv}) into plain structs, by a table of keys. */
#pragma once

#include <stddef.h>
#include <systemd/sd-bus.h>

/* What stands in the struct at the offset; arrays have their count beside them. */
enum field_type {
        FIELD_STRING,    /* char *, of s or o */
        FIELD_BOOL,      /* bool, of b */
        FIELD_U32,       /* uint32_t, of u */
        FIELD_U64,       /* uint64_t, of t */
        FIELD_DOUBLE,    /* double, of d */
        FIELD_STRINGS,   /* char **, of as */
        FIELD_PAIRS,     /* struct bo_in_customer *, of a(ss) */
        FIELD_TERMINALS, /* struct bo_terminal *, of a(sss) */
        FIELD_MAP,       /* char **, of a{ss}: names and values in turn; wiped */
};

struct field {
        const char *key;
        enum field_type type;
        size_t offset;
        size_t count_offset; /* of arrays: of a size_t */
};

struct record {
        const struct field *fields;
        size_t n_fields;
        size_t size; /* bytes of the struct */
};

/* Reads one a{sv} into @out, which is zeroed. Keys that the table does not have are skipped, so
 * that an older library serves a newer daemon. On an error @out is to be cleared all the same. */
int record_read(sd_bus_message *message, const struct record *record, void *out);

/* Frees what the struct points to, and zeroes it. */
void record_clear(const struct record *record, void *out);

/* Reads aa{sv} into an array of structs; on an error nothing is left. */
int records_read(sd_bus_message *message, const struct record *record, void **ret_items,
                 size_t *ret_n);

/* Frees the array and what its structs point to. */
void records_free(const struct record *record, void *items, size_t n);
