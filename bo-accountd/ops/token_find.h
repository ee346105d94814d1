/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A token that somebody typed, found in the store under whichever key of the ring it lies. */
#pragma once

#include "bo-accountd/factor/token.h"
#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/token.h"

/*
 * Writes its hash as the store has it, or under the key in force if there is none. Each key is
 * looked under whatever the ones before it had. 0, BO_ERR_WRONG_CREDENTIALS, < 0; validity is for
 * the caller to judge.
 */
int token_find(struct op *op, const struct token *token, unsigned char ret_hash[KEYED_HASH_BYTES],
               struct token_row *ret_row);
