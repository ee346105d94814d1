/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ring of keys, and the keys derived from each, one for each purpose (libsodium crypto_kdf). */
#pragma once

#include "bo-accountd/factor/key_file.h"
#include "common/secret.h"

#define KEY_ID_SIZE (KEY_ID_CHARS + 1)

/*
 * One key of the ring, which does not change once it is loaded: threads read it without a lock, and
 * another ring takes its place. Who is given one writes with that one, and finds what others were
 * written with by the neighbours.
 */
struct keys {
        char id[KEY_ID_SIZE];    /* said beside what is stored; no secret */
        enum key_kind kind;      /* KEY_RETIRED has pepper, name, audit and cursor alone */
        struct secret *pepper;   /* under passwords */
        struct secret *token;    /* over tokens and API keys */
        struct secret *name;     /* over names that bo does not know: that of the oldest key */
        struct secret *seal;     /* around OTP secrets */
        struct secret *audit;    /* in the audit chain */
        struct secret *cursor;   /* over numbers of mails: that of the oldest key */
        struct secret *recovery; /* over recovery codes */
        struct keys *newer, *older;
};

/*
 * Reads the ring from @credential_path (systemd LoadCredential; may be NULL or absent), else from
 * @path, else makes one of one key there (32 random bytes, mode 0600, fsync; never over an existing
 * file). A file that others than the owner may read or write is -EPERM, one that is no regular file
 * or no ring -EINVAL. With @may_create false an absent file is -ENOKEY. *ret_keys is the key in
 * force: the newest but one that is still coming.
 */
int keys_load(struct keys **ret_keys, const char *credential_path, const char *path,
              bool may_create);

/* A ring of one's own, for who reads it longer than a job lasts. */
int keys_copy(struct keys **ret_keys, const struct keys *keys);

/* The whole ring, by any of its keys; NULL is allowed. Return: NULL. */
struct keys *keys_free(struct keys *keys);
DEFINE_CLEANUP(struct keys *, keys_free)

const struct keys *keys_newest(const struct keys *keys);
const struct keys *keys_oldest(const struct keys *keys);

/*
 * The key with @id; "" stands for the oldest: what was stored before there was a ring says nothing.
 * NULL: it is not in the ring.
 */
const struct keys *keys_by_id(const struct keys *keys, const char *id);

/* Each that is not retired, the newest first, from @key = keys_newest() on; NULL: no more. */
const struct keys *keys_usable(const struct keys *key);
#define KEYS_EACH(key, ring)                                                                       \
        for (const struct keys *key = keys_usable(keys_newest(ring)); key;                         \
             key = keys_usable(key->older))

/*
 * Changes of the file at @path, each whole or not at all (key_file_replace()). A new key is coming
 * (-EALREADY: one is already; -EOVERFLOW: there are KEYS_MOST; -ENOBUFS: with those that are
 * retired, there are KEY_RECORDS_MOST; -ESTALE: @in_force, if it is not NULL, is not the last of
 * them), then comes in force (also if it is; keys_confirm(): if the newest is @id, else -ENOENT);
 * of one that is retired what verifies old passwords and the audit trail stays (-ENOENT).
 */
int keys_add(const char *path, const char *in_force, char ret_id[KEY_ID_SIZE]);
int keys_put_in_force(const char *path);
int keys_confirm(const char *path, const char *id);
int keys_retire(const char *path, const char *id);

/* Keyed BLAKE2b of @data: how tokens, keys and unknown names are stored. */
#define KEYED_HASH_BYTES 32
void keys_hash(unsigned char out[KEYED_HASH_BYTES], const struct secret *key, const void *data,
               size_t size);
