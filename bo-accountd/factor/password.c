/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords as Argon2id verifiers (RFC 9106) over a keyed hash of the password (the pepper). */
#include "bo-accountd/factor/password.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium writes that much");

/* A 16-byte salt and a 32-byte hash of nothing but zeros, as a verifier writes them in base64. */
#define ZERO_SALT "AAAAAAAAAAAAAAAAAAAAAA"
#define ZERO_HASH "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct secret *peppered(const struct secret *password, const struct keys *keys)
{
        struct secret *digest = secret_new(KEYED_HASH_BYTES);

        if (digest)
                keys_hash((unsigned char *)digest->bytes, keys->pepper, password->bytes,
                          password->size);
        return digest;
}

int password_hash(char out[PASSWORD_HASH_SIZE], const struct secret *password,
                  const struct keys *keys, const struct password_cost *cost)
{
        if (password->size == 0)
                return -EINVAL;

        _cleanup_(secret_freep) struct secret *digest = peppered(password, keys);

        if (!digest)
                return -ENOMEM;
        if (crypto_pwhash_str_alg(out, digest->bytes, digest->size, cost->passes,
                                  (size_t)cost->memory_bytes, crypto_pwhash_ALG_ARGON2ID13) < 0)
                return -ENOMEM;
        return 0;
}

/* Has libsodium's form. Its answer for a wrong password does not tell that from a broken hash. */
static bool is_well_formed(const char *hash, const struct password_cost *cost)
{
        return crypto_pwhash_str_needs_rehash(hash, cost->passes, (size_t)cost->memory_bytes) >= 0;
}

/* Costs what a verifier of @cost costs, was never made from a password, and takes no time to make.
 */
static void write_dummy(char out[PASSWORD_HASH_SIZE], const struct password_cost *cost)
{
        snprintf(out, PASSWORD_HASH_SIZE,
                 "$argon2id$v=19$m=%" PRIu64 ",t=%" PRIu64 ",p=1$" ZERO_SALT "$" ZERO_HASH,
                 cost->memory_bytes / 1024, cost->passes);
}

int password_verify(const char *hash, const struct secret *password, const struct keys *keys,
                    const struct password_cost *cost)
{
        char dummy[PASSWORD_HASH_SIZE];
        bool is_real = hash && is_well_formed(hash, cost);
        _cleanup_(secret_freep) struct secret *digest = peppered(password, keys);

        if (!digest)
                return -ENOMEM;
        if (!is_real)
                write_dummy(dummy, cost);

        errno = 0;
        if (crypto_pwhash_str_verify(is_real ? hash : dummy, digest->bytes, digest->size) == 0)
                return is_real && password->size > 0;
        return errno == ENOMEM ? -ENOMEM : 0;
}

bool password_needs_rehash(const char *hash, const struct password_cost *cost)
{
        return hash &&
               crypto_pwhash_str_needs_rehash(hash, cost->passes, (size_t)cost->memory_bytes) != 0;
}
