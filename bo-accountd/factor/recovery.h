/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recovery codes: 50 random bits that stand in for a one-time code, once (R62). */
#pragma once

#include "bo-accountd/factor/keys.h"
#include "bo-accountd/factor/typed.h"

#include <stdint.h>

#define RECOVERY_CODES   10 /* of a set */
#define RECOVERY_SYMBOLS 10

/* A mark 'R', 10 characters of Crockford's base32, a check character: "R123-4567-89AB". No code of
 * an app, which is six digits, can be taken for one. */
#define RECOVERY_TEXT_SIZE 15 /* with the terminator */

struct recovery_code {
        unsigned char symbols[RECOVERY_SYMBOLS];
};

/* A new random one and its text. */
void recovery_generate(struct recovery_code *ret_code, char text[RECOVERY_TEXT_SIZE]);

/* Reads what a person typed, as token_parse() does. */
enum token_form recovery_parse(struct recovery_code *ret_code, const char *text, size_t size);

/* How many of the last bytes of a password answer are one, written with its dashes; 0: none. The
 * last six then hold a dash, and are no code of an app. */
size_t recovery_tail(const char *text, size_t size);

/* What the store holds of it, for this user alone. */
void recovery_hash(unsigned char out[KEYED_HASH_BYTES], const struct recovery_code *code,
                   uint32_t uid, const struct keys *keys);
