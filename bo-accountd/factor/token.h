/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Activation and reset tokens: 128 random bits that a person can type. */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/factor/typed.h"

#include <stddef.h>

#define TOKEN_BYTES 16

/*
 * A leading mark 'T', 26 characters of Crockford's base32 (no I L O U), a check character: 28, in 7
 * groups of 4 joined by '-', "T123-4567-...". The check is a weighted sum over GF(32) with another
 * weight for each place: it finds every single wrong character and every swap of two.
 */
#define TOKEN_TEXT_SIZE  35 /* with the terminator */
#define TOKEN_CHARACTERS 28 /* typed without the dashes: the shortest */

struct token {
        unsigned char bytes[TOKEN_BYTES];
};

/* A new random token and its text. */
void token_generate(struct token *ret_token, char text[TOKEN_TEXT_SIZE]);

/*
 * Reads what a person typed: case, spaces and dashes do not matter, I L read as 1, O as 0. Writes
 * *ret_token only for TOKEN_FORM_GOOD. No password can look like a token: quality_check() refuses.
 */
enum token_form token_parse(struct token *ret_token, const char *text, size_t size);

/* What the store holds of it. */
void token_hash(unsigned char out[KEYED_HASH_BYTES], const struct token *token,
                const struct keys *keys);
