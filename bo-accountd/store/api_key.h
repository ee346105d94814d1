/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys and address tokens, as keyed hashes, found by their prefix. */
#pragma once

#include "bo-accountd/factor/api_key.h"
#include "bo-accountd/store/store.h"

struct api_key_row {
        char prefix[API_KEY_PREFIX_SIZE];
        uint32_t uid;
        unsigned char hash[KEYED_HASH_BYTES];
        int64_t approval; /* of the address that it is bound to; 0: the user's own key */
        uint64_t created_usec;
        uint32_t created_by;
        uint64_t used_usec;    /* coarsely; 0: never */
        char key[KEY_ID_SIZE]; /* of the ring, that the hash was made with; not read by insert */
        bool moves;            /* hash is of the key in force, and to be stored with its use */
};

/*
 * created_usec is filled in from @tx, used_usec is 0. BO_ERR_KEY_EXISTS: the user has his own, or
 * the approval its token; -EEXIST: the prefix is in use, make another.
 */
int api_key_insert(struct tx *tx, const struct api_key_row *row);

/* BO_ERR_NO_SUCH_KEY; says nothing of validity. */
int api_key_load(struct store *store, const char *prefix, struct api_key_row *ret_row);

/* The user's own. BO_ERR_NO_SUCH_KEY. */
int api_key_of_user(struct store *store, uint32_t uid, struct api_key_row *ret_row);

/* The token of an approval. BO_ERR_NO_SUCH_KEY. */
int api_key_of_approval(struct store *store, int64_t approval, struct api_key_row *ret_row);

/* The same key, hashed with the present key of the ring. BO_ERR_NO_SUCH_KEY. */
int api_key_move(struct tx *tx, const char *prefix, const unsigned char hash[KEYED_HASH_BYTES]);

/* Notes that it was used now. BO_ERR_NO_SUCH_KEY. */
int api_key_used(struct tx *tx, const char *prefix);

/* Deletes the user's own. BO_ERR_NO_SUCH_KEY. */
int api_key_delete(struct tx *tx, uint32_t uid);

/* Deletes the token of an approval. BO_ERR_NO_SUCH_KEY. */
int api_key_delete_token(struct tx *tx, int64_t approval);

/* Deletes the user's own and all his tokens; *ret_n tells how many there were. */
int api_key_delete_all(struct tx *tx, uint32_t uid, unsigned *ret_n);
