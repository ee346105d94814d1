/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole database copied while it is in use, and a copy looked at before it is believed. */
#pragma once

#include "bo-accountd/store/store.h"

struct copy_facts {
        uint32_t schema;
        uint64_t sequence; /* of the audit trail's last row */
};

/* How far it has come, in pages; anything but 0 ends the work with it (< 0). */
struct copy_watch {
        int (*step)(void *userdata, uint64_t done, uint64_t total);
        void *userdata;
};

/*
 * Copies what @store shows at one moment to @to, an empty file; others read and write meanwhile.
 * The copy is checked, and needs no log beside it. -EIO: it, or what it is a copy of, is damaged;
 * also if the trail's head is not sealed by our key. -ENOSPC: it would leave too little of the disk
 * to those who write meanwhile.
 */
int store_copy(struct store *store, const char *to, const struct copy_watch *watch,
               struct copy_facts *ret_facts);

/* Opens @path as it lies there: neither made, nor brought up to date, nor held against a mark. For
 * looking at it. */
int store_open_copy(struct store **ret_store, const char *path, const struct keys *keys);

/* 0, or -EIO: reads all of it. */
int store_examine(struct store *store);

/* -EPROTONOSUPPORT: newer than this program; -EIO: of no version. */
int store_schema(struct store *store, uint32_t *ret_schema);

/* The end of the trail; BO_ERR_AUDIT_BROKEN: there is none, or another key sealed it. */
struct audit_end {
        uint64_t sequence;
        unsigned char hash[KEYED_HASH_BYTES];
};
int audit_end_load(struct store *store, struct audit_end *ret_end);

/* Is the row @end of the trail of @store the same? Then one of them only went on further. */
int audit_holds(struct store *store, const struct audit_end *end, bool *ret_holds);
