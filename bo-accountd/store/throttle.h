/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often something was asked for of late; the rule is in policy/throttle.c. */
#pragma once

#include "bo-accountd/store/store.h"

#define THROTTLE_SUBJECT_SIZE 80

/* What is counted apart: @kind is a letter, @whom a name or an address, known or not. It is hashed
 * with the key, so that the store does not collect what people type or where they come from. */
void throttle_subject(char out[THROTTLE_SUBJECT_SIZE], char kind, const char *whom,
                      const struct keys *keys);

/* When the bucket will have drained; 0 for one that is not there. */
int throttle_load(struct store *store, const char *subject, uint64_t *ret_drained_usec);

/* Rows are bounded in number: those that drain first go first. */
int throttle_save(struct tx *tx, const char *subject, uint64_t drained_usec);

/* Drops buckets that have drained before @before_usec; at most 4096 a call. */
int throttle_sweep(struct tx *tx, uint64_t before_usec);
