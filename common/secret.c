/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes that must not be swapped out, dumped or left behind (libsodium's guarded memory). Making
 * and freeing such memory is ten system calls that stop every thread, so small blocks are kept,
 * wiped, for the next secret.
 */
#include "common/secret.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#define BLOCK_BYTES 1024 /* an answer, a token, a URI */
#define BLOCKS_KEPT 64   /* more than clients at once usually; three pages of memory each */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *kept[BLOCKS_KEPT];
static size_t n_kept;

static void *block_take(void)
{
        void *block = NULL;

        pthread_mutex_lock(&lock);
        if (n_kept > 0)
                block = kept[--n_kept];
        pthread_mutex_unlock(&lock);
        return block ? block : sodium_malloc(BLOCK_BYTES);
}

static void block_give_back(void *block)
{
        sodium_memzero(block, BLOCK_BYTES);
        pthread_mutex_lock(&lock);
        if (n_kept < BLOCKS_KEPT) {
                kept[n_kept++] = block;
                block = NULL;
        }
        pthread_mutex_unlock(&lock);
        sodium_free(block);
}

/* The bytes end where the block ends: what reads or writes on behind them meets the guard page. */
static bool secret_fill(struct secret *secret, size_t size)
{
        secret->pooled = size < BLOCK_BYTES;
        secret->block = secret->pooled ? block_take() : sodium_malloc(size + 1);
        if (!secret->block)
                return false;
        secret->bytes = (char *)secret->block + (secret->pooled ? BLOCK_BYTES - (size + 1) : 0);
        return true;
}

struct secret *secret_new(size_t size)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;

        /* Any number of times, in any thread; only the first one works. */
        if (sodium_init() < 0 || size == SIZE_MAX)
                return NULL;
        secret = calloc(1, sizeof(*secret));
        if (!secret || !secret_fill(secret, size))
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
        if (secret->pooled && secret->block)
                block_give_back(secret->block);
        else
                sodium_free(secret->block); /* wipes */
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
