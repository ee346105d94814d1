/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the rows of the audit trail hang together. */
#pragma once

#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/store_private.h"

#define AUDIT_COLUMNS     "sequence, time_usec, event, actor_uid, subject_uid, customer, detail, hash"
#define AUDIT_HASH_COLUMN 7

struct audit_head {
        uint64_t sequence;                    /* of the last row; 0: none yet */
        unsigned char hash[KEYED_HASH_BYTES]; /* its hash */
        const struct keys *key;               /* of the ring, that it is sealed with */
};

/*
 * BO_ERR_AUDIT_BROKEN: absent, or not sealed by our key. That is the one in force or a newer one,
 * which another worker may have put in force a moment ago; an older one only while the store does
 * not know the one in force (it is about to: a copy of before a rotation was put back).
 */
int audit_head_load(struct store *store, struct audit_head *ret_head);

/* Of @row and the hash @before it; no text in @row is NULL. @out may be @before. */
int audit_row_hash(unsigned char out[KEYED_HASH_BYTES], const struct keys *key,
                   const unsigned char before[KEYED_HASH_BYTES], const struct audit_row *row);

/* As audit_append(), from here on chained with @key, which is no older than that of the head. */
int audit_append_with(struct tx *tx, const struct audit_entry *entry, const struct keys *key);

/* From AUDIT_COLUMNS; texts are valid until the next row. */
void audit_row_read(struct sql_rows *rows, struct audit_row *ret_row);
