/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys and address tokens: what a program shows instead of a password (R66, R76 to R78). */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/factor/typed.h"

#include <stddef.h>
#include <stdint.h>

/*
 * "bo_", a prefix that is no secret, '_', a secret of 160 random bits, a check: all of the digits
 * and small letters without i l o u, so that this expression finds each of them in a repository:
 *
 *     \bbo_[0-9a-hjkmnp-tv-z]{8}_[0-9a-hjkmnp-tv-z]{38}\b
 *
 * The last six characters are the low 30 bits of the CRC-32 (ISO 3309, as zlib's) of all before
 * them, five bits a character, the highest first: scanners tell a key from noise without asking.
 */
#define API_KEY_ALPHABET     "0123456789abcdefghjkmnpqrstvwxyz"
#define API_KEY_PREFIX_SIZE  9  /* with the terminator */
#define API_KEY_TEXT_SIZE    51 /* with the terminator */
#define API_KEY_CHARACTERS   (API_KEY_TEXT_SIZE - 1)
#define API_KEY_SECRET_CHARS 32

struct api_key {
        char prefix[API_KEY_PREFIX_SIZE];
        char secret[API_KEY_SECRET_CHARS];
};

/* A new random key and its text. */
void api_key_generate(struct api_key *ret_key, char text[API_KEY_TEXT_SIZE]);

/*
 * Reads a key as it was shown, byte by byte. TOKEN_FORM_TYPO: begins and parts like one, and is
 * about as long, in letters and digits of any case. Writes *ret_key only for TOKEN_FORM_GOOD. No
 * password can look like a key: quality_check() refuses.
 */
enum token_form api_key_parse(struct api_key *ret_key, const char *text, size_t size);

/*
 * What the store holds of it: for this user, and for this approval of an address (0: the user's own
 * key). A row that is moved to another user, or a token that is made a key, is none.
 */
void api_key_hash(unsigned char out[KEYED_HASH_BYTES], const struct api_key *key, uint32_t uid,
                  int64_t approval, const struct keys *keys);
