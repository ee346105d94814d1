/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random symbols that a person can type: Crockford's base32 (no I L O U) in groups, behind a mark,
 * with a check character. */
#pragma once

#include <stddef.h>

#define TYPED_SYMBOLS_MOST 27 /* with the check character */
#define TYPED_GROUP        4

/* Of the mark and @symbols (the check among them), with dashes and the terminator. */
#define TYPED_TEXT_SIZE(symbols) ((symbols) + 1 + (symbols) / TYPED_GROUP + 1)

enum token_form {
        TOKEN_FORM_NONE, /* something else: a password, the code of an app */
        TOKEN_FORM_TYPO, /* looks like one (mark, length, letters and digits alone, any separators
                            where groups part), but something does not fit */
        TOKEN_FORM_GOOD,
};

/*
 * Writes @mark and @count symbols of 0..31, the last of which it sets to the check: a weighted sum
 * over GF(32) with another weight for each place, which finds every single wrong character and
 * every swap of two.
 */
void typed_write(char *text, char mark, unsigned char *symbols, size_t count);

/*
 * Reads what a person typed: case, spaces and dashes do not matter, I L read as 1, O as 0. Writes
 * @count symbols only for TOKEN_FORM_GOOD.
 */
enum token_form typed_read(unsigned char *ret_symbols, size_t count, char mark, const char *text,
                           size_t size);
