/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registered numbers of companies: their one form, and their check digits (R80). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_SIZE 32
#define NUMBER_WHY  160

/* Takes blanks, dots, hyphens and slashes out, and raises ASCII letters. false: too long, or
 * another character than letters and digits is left; @out is empty then. */
bool number_compact(char out[NUMBER_SIZE], const char *text);

/*
 * Each writes the number in its one form to @out; false, and @why is told in words that go behind
 * the name of a field ("must have 8 digits ..."), if it is none.
 */

/* Of the Dutch trade register: eight digits, among which none is a check digit. */
bool number_kvk(char out[NUMBER_SIZE], const char *text, char why[NUMBER_WHY]);

/*
 * Of organisations that deal with the Dutch government: 20 digits, of which the first eight name
 * the register that the rest is from (Logius, OIN-Stelsel, chapter 6).
 */
bool number_oin(char out[NUMBER_SIZE], const char *text, char why[NUMBER_WHY]);

/* For value added tax, of any country of the EU, and XI; begins with the country. */
bool number_vat(char out[NUMBER_SIZE], const char *text, char why[NUMBER_WHY]);

/* The Dutch test of eleven, of nine digits: RSIN, BSN, and VAT numbers made of them. */
bool number_is_eleven(const char digits[9]);

/* Where invoices over Peppol go by @vat: a code of its list of schemes; NULL: it has none. */
const char *number_vat_scheme(const char *vat);
