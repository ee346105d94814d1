/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names that bo makes for users without an address: said, heard and typed without error (R23). */
#pragma once

#include <stdint.h>

#define GENERATED_NAME_SIZE 13

/*
 * Four syllables of a consonant and a vowel, then four digits, as "tabokemi4729": 2^35 of them, so
 * that trying names finds nobody. What looks alike cannot be confused: there are no q, l, 0 and 1,
 * and a letter never stands in a digit's place. @draw gives an even number below its argument.
 */
void generated_name(char out[GENERATED_NAME_SIZE], uint32_t (*draw)(uint32_t below));
