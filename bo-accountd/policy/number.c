/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dutch numbers of companies: of the trade register, and of who deals with the government (R80). */
#include "bo-accountd/policy/number.h"

#include <stdio.h>
#include <string.h>

#define DIGITS     "0123456789"
#define OIN_PREFIX 8

bool number_compact(char out[NUMBER_SIZE], const char *text)
{
        size_t length = 0;

        for (; *text; text++) {
                char c = *text;

                if (strchr(" .-/", c))
                        continue;
                if (c >= 'a' && c <= 'z')
                        c = (char)(c - 'a' + 'A');
                if (length + 1 >= NUMBER_SIZE || !strchr(DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ", c)) {
                        out[0] = '\0';
                        return false;
                }
                out[length++] = c;
        }
        out[length] = '\0';
        return true;
}

bool number_is_eleven(const char digits[9])
{
        int sum = -(digits[8] - '0');

        for (int i = 0; i < 8; i++)
                sum += (9 - i) * (digits[i] - '0');
        return sum % 11 == 0;
}

static bool is_digits(const char *text, size_t length)
{
        return strlen(text) == length && strspn(text, DIGITS) == length;
}

bool number_kvk(char out[NUMBER_SIZE], const char *text, char why[NUMBER_WHY])
{
        if (number_compact(out, text) && is_digits(out, 8) && strcmp(out, "00000000") != 0)
                return true;
        snprintf(why, NUMBER_WHY,
                 "must have 8 digits, as on the extract of the trade register (KVK); without the "
                 "number of a branch");
        return false;
}

/* What stands behind the prefix; those of other registers end with 000, and no more is known. */
static bool is_of_register(const char *prefix, const char *number)
{
        bool ends = strcmp(number + 9, "000") == 0;

        if (strcmp(prefix, "00000001") == 0)
                return ends && number_is_eleven(number); /* RSIN */
        if (strcmp(prefix, "00000003") == 0)
                return ends && number[8] == '0' && strncmp(number, "00000000", 8) != 0; /* KVK */
        return ends;
}

bool number_oin(char out[NUMBER_SIZE], const char *text, char why[NUMBER_WHY])
{
        char prefix[OIN_PREFIX + 1] = "";

        if (!number_compact(out, text) || !is_digits(out, 20)) {
                snprintf(why, NUMBER_WHY,
                         "must have 20 digits, as in the register of OINs (oinregister.logius.nl)");
                return false;
        }
        memcpy(prefix, out, OIN_PREFIX);
        if (strncmp(prefix, "000000", 6) != 0 || strcmp(prefix, "00000000") == 0)
                snprintf(why, NUMBER_WHY,
                         "must begin with the register that it is from, as 00000001 (RSIN) or "
                         "00000003 (KVK)");
        else if (strcmp(prefix, "00000099") == 0)
                snprintf(why, NUMBER_WHY, "is one for tests (00000099), which reaches nobody");
        else if (!is_of_register(prefix, out + OIN_PREFIX))
                snprintf(why, NUMBER_WHY,
                         "has a typing error: what follows on the register %s is no number of it",
                         prefix);
        else
                return true;
        return false;
}
