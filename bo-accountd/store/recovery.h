/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recovery codes, as keyed hashes. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/store/store.h"

int recovery_insert(struct tx *tx, uint32_t uid, const unsigned char hash[KEYED_HASH_BYTES]);
/* One conditional UPDATE: BO_ERR_WRONG_CREDENTIALS if there is none, or it was used. */
int recovery_use(struct tx *tx, uint32_t uid, const unsigned char hash[KEYED_HASH_BYTES]);
/* All of the user's. */
int recovery_delete(struct tx *tx, uint32_t uid);
/* How many have not been used. */
int recovery_left(struct store *store, uint32_t uid, uint32_t *ret_left);
