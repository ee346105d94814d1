/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of the ring: another one, how much hangs on each, and the end of those that are done. */
#pragma once

#include "bo-accountd/ops/finding.h"
#include "bo-accountd/store/sealing_key.h"

struct key_view {
        char id[KEY_ID_SIZE];
        const char *state; /* "present", "coming", "older", "retired" */
        uint64_t since_usec, retired_usec;
        struct sealing_uses uses;
};

struct key_views {
        struct key_view all[KEYS_MOST + KEYS_RETIRED_MOST]; /* the newest first */
        size_t n;
};

struct key_retiring {
        char ids[KEYS_MOST][KEY_ID_SIZE];
        size_t n;
};

/* @present: the key that is to be replaced, so that nobody rotates twice; NULL or "": whichever. */
int op_key_rotate(struct op *op, const char *present, char ret_id[KEY_ID_SIZE]);
int op_key_status(struct op *op, struct key_views *ret_views);
/* @wanted: those alone, parted by spaces; NULL or "": all on which nothing hangs. */
int op_key_retire(struct op *op, const char *wanted, struct key_retiring *ret_retired);

int check_keys(struct op *op, struct tx *tx, struct findings *findings);
