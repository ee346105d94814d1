/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit trail from its beginning on, in pieces that hold nobody up. */
#pragma once

#include "bo-accountd/store/audit.h"

struct audit_slice {
        uint64_t after; /* begins behind this sequence; then: the last that was looked at */
        uint64_t last;  /* ends with this one; 0: the newest there is, which is then written */
        uint64_t since_usec, until_usec; /* rows from since on and before until */
        uint32_t limit;                  /* of rows that are looked at */
};

/* Each row in order, with its hash. BO_ERR_AUDIT_BROKEN if one of them is missing. */
int audit_export(struct store *store, struct audit_slice *slice,
                 int (*each)(void *userdata, const struct audit_row *row,
                             const unsigned char hash[KEYED_HASH_BYTES]),
                 void *userdata);
