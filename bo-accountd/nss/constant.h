/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A constant database in the making, cdb(5): its memory does not grow with the number of its keys.
 */
#pragma once

#include "bo-accountd/nss/spill.h"

enum {
        CONSTANT_TABLES = 256,
};

struct constant {
        int fd, dir_fd;   /* the file; where a file without a name may be made */
        const char *name; /* that is free there */
        uint8_t *buffer;
        size_t used;
        uint64_t pos;      /* where the next byte goes */
        struct spill keys; /* hash and place of each record, in their order */
        uint32_t counts[CONSTANT_TABLES];
};

/* @fd is empty, and stays the caller's. 0 or negative errno, as all of these. */
int constant_begin(struct constant *constant, int fd, int dir_fd, const char *name);

/* One record: its value is added by constant_bytes(), @n_bytes in all. Of two with the same key the
 * first is found. */
int constant_record(struct constant *constant, const void *key, size_t key_bytes, size_t n_bytes);
int constant_bytes(struct constant *constant, const void *bytes, size_t n_bytes);

/* Writes the tables: the file is whole. */
int constant_finish(struct constant *constant);
void constant_clear(struct constant *constant);
