/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key file, and the keys derived from it, one for each purpose (libsodium crypto_kdf). */
#pragma once

#include "common/secret.h"

#define KEY_FILE_BYTES 32

struct keys {
        struct secret *pepper;   /* under passwords */
        struct secret *token;    /* over tokens and API keys */
        struct secret *name;     /* over names that bo does not know */
        struct secret *seal;     /* around OTP secrets */
        struct secret *audit;    /* in the audit chain */
        struct secret *cursor;   /* over list cursors */
        struct secret *recovery; /* over recovery codes */
};

/*
 * Reads the key from @credential_path (systemd LoadCredential; may be NULL or absent), else from
 * @path, else makes one there (32 random bytes, mode 0600, fsync; never over an existing file).
 * A file that others than the owner may read or write is -EPERM, one that is no regular file or of
 * another size -EINVAL. With @may_create false an absent file is -ENOKEY.
 */
int keys_load(struct keys **ret_keys, const char *credential_path, const char *path,
              bool may_create);

/* NULL is allowed. Return: NULL. */
struct keys *keys_free(struct keys *keys);
DEFINE_CLEANUP(struct keys *, keys_free)

/* Keyed BLAKE2b of @data: how tokens, keys and unknown names are stored. */
#define KEYED_HASH_BYTES 32
void keys_hash(unsigned char out[KEYED_HASH_BYTES], const struct secret *key, const void *data,
               size_t size);
