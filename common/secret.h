/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that must not be swapped out, dumped or left behind (libsodium's guarded memory). */
#pragma once

#include "common/cleanup.h"

#include <stdbool.h>
#include <stddef.h>

struct secret {
        size_t size;
        char *bytes; /* size bytes and a NUL after them, for libraries that want a string */

        /* secret.c's own. */
        void *block;
        bool pooled;
};

/* secret_new() is zeroed. NULL if no memory can be had. */
struct secret *secret_new(size_t size);
struct secret *secret_copy(const void *bytes, size_t size);

/* Wipes and frees; NULL is allowed. Return: NULL. */
struct secret *secret_free(struct secret *secret);
static inline void secret_freep(struct secret **secret)
{
        secret_free(*secret);
}

/* In constant time for equal sizes. NULL equals nothing. */
bool secret_equal(const struct secret *one, const struct secret *other);
