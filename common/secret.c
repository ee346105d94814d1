/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that must not be swapped out, dumped or left behind (libsodium's guarded memory). */
#include "common/secret.h"

#include <sodium.h>
#include <string.h>

struct secret *secret_new(size_t size)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;

        /* Any number of times, in any thread; only the first one works. */
        if (sodium_init() < 0 || size == SIZE_MAX)
                return NULL;
        secret = calloc(1, sizeof(*secret));
        if (!secret)
                return NULL;
        secret->bytes = sodium_malloc(size + 1);
        if (!secret->bytes)
                return NULL;
        sodium_memzero(secret->bytes, size + 1);
        secret->size = size;
        return TAKE_PTR(secret);
}

struct secret *secret_copy(const void *bytes, size_t size)
{
        struct secret *secret = secret_new(size);

        if (secret && size > 0)
                memcpy(secret->bytes, bytes, size);
        return secret;
}

struct secret *secret_free(struct secret *secret)
{
        if (!secret)
                return NULL;
        sodium_free(secret->bytes); /* wipes */
        secret->size = 0;
        free(secret);
        return NULL;
}

bool secret_equal(const struct secret *one, const struct secret *other)
{
        if (!one || !other || one->size != other->size)
                return false;
        return sodium_memcmp(one->bytes, other->bytes, one->size) == 0;
}
