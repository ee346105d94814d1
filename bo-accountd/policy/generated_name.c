/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that bo makes for users without an address: said, heard and typed without error (R23). */
#include "bo-accountd/policy/generated_name.h"

#define SYLLABLES 4
#define DIGITS    4

static const char consonants[] = "bdfghkmnprst";
static const char vowels[] = "aeiou";
static const char digits[] = "23456789";

_Static_assert(GENERATED_NAME_SIZE == 2 * SYLLABLES + DIGITS + 1, "what the header promises");

#define PICK(set, draw) ((set)[(draw)(sizeof(set) - 1)])

void generated_name(char out[GENERATED_NAME_SIZE], uint32_t (*draw)(uint32_t below))
{
        for (int i = 0; i < SYLLABLES; i++) {
                *out++ = PICK(consonants, draw);
                *out++ = PICK(vowels, draw);
        }
        for (int i = 0; i < DIGITS; i++)
                *out++ = PICK(digits, draw);
        *out = '\0';
}
