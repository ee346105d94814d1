/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords as Argon2id verifiers (RFC 9106) over a keyed hash of the password (the pepper). */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "common/secret.h"

#include <stdbool.h>
#include <stdint.h>

#define PASSWORD_HASH_SIZE 128

struct password_cost {
        uint64_t passes;       /* Argon2id t, 1..  */
        uint64_t memory_bytes; /* Argon2id m */
};

/* Bounds how many hash at once in this process; called once, before the first hash. */
int password_bound_hashes(unsigned most);

/*
 * Hashes into @out (terminated), which says under which key of the ring. -EINVAL for the empty
 * password, -ENOMEM if the memory is not to be had. Blocks for the whole cost; holds memory_bytes
 * meanwhile, and gives them back to the system.
 */
int password_hash(char out[PASSWORD_HASH_SIZE], const struct secret *password,
                  const struct keys *keys, const struct password_cost *cost);

/*
 * 1 right, 0 wrong, -ENOMEM. @hash NULL or malformed: the same work as for a hash of @cost, then 0.
 * The empty password is always wrong, after the same work. Under which key of the ring it was made
 * changes nothing of the work: one is found by what @hash says, none is tried.
 */
int password_verify(const char *hash, const struct secret *password, const struct keys *keys,
                    const struct password_cost *cost);

/* Was it made with another cost, or under another key than @keys? Then it is made anew at the next
 * login. false for NULL. */
bool password_needs_rehash(const char *hash, const struct keys *keys,
                           const struct password_cost *cost);
