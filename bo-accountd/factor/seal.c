/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sealed for the store, so that a stolen database alone opens nothing. */
#include "bo-accountd/factor/seal.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define OWNER_BYTES 8

_Static_assert(SEAL_BYTES == crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + OWNER_BYTES,
               "nonce, then the box");

/* Little endian. */
static void put_owner(char out[OWNER_BYTES], uint64_t owner)
{
        for (int i = 0; i < OWNER_BYTES; i++)
                out[i] = (char)(owner >> (8 * i) & 0xff);
}

int seal_close(unsigned char *out, const void *plain, size_t size, uint64_t owner,
               const struct keys *keys)
{
        _cleanup_(secret_freep) struct secret *boxed = secret_new(OWNER_BYTES + size);

        if (!boxed)
                return -ENOMEM;
        put_owner(boxed->bytes, owner);
        memcpy(boxed->bytes + OWNER_BYTES, plain, size);

        randombytes_buf(out, crypto_secretbox_NONCEBYTES);
        /* Cannot fail. */
        crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES,
                              (const unsigned char *)boxed->bytes, boxed->size, out,
                              (const unsigned char *)keys->seal->bytes);
        return 0;
}

static int open_with(struct secret *boxed, const unsigned char *sealed, size_t size,
                     const struct keys *key)
{
        return crypto_secretbox_open_easy((unsigned char *)boxed->bytes,
                                          sealed + crypto_secretbox_NONCEBYTES,
                                          size - crypto_secretbox_NONCEBYTES, sealed,
                                          (const unsigned char *)key->seal->bytes);
}

/* A seal proves itself: the one key of the ring that opens it is the one that made it. */
static int open_with_any(struct secret *boxed, const unsigned char *sealed, size_t size,
                         const struct keys *keys)
{
        KEYS_EACH (key, keys)
                if (open_with(boxed, sealed, size, key) == 0)
                        return 0;
        return -EBADMSG;
}

int seal_open(struct secret **ret_plain, const void *sealed, size_t size, uint64_t owner,
              const struct keys *keys)
{
        _cleanup_(secret_freep) struct secret *boxed = NULL;
        char expected[OWNER_BYTES];
        struct secret *plain;

        if (size < SEAL_BYTES)
                return -EBADMSG;
        boxed = secret_new(size - SEAL_BYTES + OWNER_BYTES);
        if (!boxed)
                return -ENOMEM;
        if (open_with_any(boxed, sealed, size, keys) < 0)
                return -EBADMSG;
        put_owner(expected, owner);
        if (memcmp(boxed->bytes, expected, OWNER_BYTES) != 0)
                return -EBADMSG;

        plain = secret_copy(boxed->bytes + OWNER_BYTES, size - SEAL_BYTES);
        if (!plain)
                return -ENOMEM;
        *ret_plain = plain;
        return 0;
}
