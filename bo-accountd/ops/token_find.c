/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A token that somebody typed, found in the store under whichever key of the ring it lies. */
#include "bo-accountd/ops/token_find.h"

#include <string.h>

int token_find(struct op *op, const struct token *token, unsigned char ret_hash[KEYED_HASH_BYTES],
               struct token_row *ret_row)
{
        unsigned char hash[KEYED_HASH_BYTES];
        struct token_row row;
        int found = BO_ERR_WRONG_CREDENTIALS;

        token_hash(ret_hash, token, op->keys);
        KEYS_EACH (key, op->keys) {
                int r;

                token_hash(hash, token, key);
                r = token_load(op->store, hash, &row);
                if (r < 0)
                        return r;
                if (r != 0)
                        continue;
                found = 0;
                *ret_row = row;
                memcpy(ret_hash, hash, sizeof(hash));
        }
        return found;
}
