/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Check digits of the VAT numbers of the EU's countries. */
#include "bo-accountd/policy/number_check.h"

#include "bo-accountd/policy/number.h"

#include <stdint.h>
#include <string.h>

static int digit(const char *number, size_t at)
{
        return number[at] - '0';
}

/* Sum of the first @n digits, each times its weight. */
static int weighed(const char *number, const int *weights, size_t n)
{
        int sum = 0;

        for (size_t i = 0; i < n; i++)
                sum += weights[i] * digit(number, i);
        return sum;
}

static uint64_t value(const char *number, size_t n)
{
        uint64_t sum = 0;

        for (size_t i = 0; i < n; i++)
                sum = 10 * sum + (uint64_t)digit(number, i);
        return sum;
}

/* Luhn's sum of the first @n digits; 0 modulo 10 for a good one. */
static int luhn(const char *number, size_t n)
{
        int sum = 0;

        for (size_t i = 0; i < n; i++) {
                int part = digit(number, i) * ((n - i) % 2 == 0 ? 2 : 1);

                sum += part / 10 + part % 10;
        }
        return sum % 10;
}

bool vat_check_luhn(const char *number)
{
        return luhn(number, strlen(number)) == 0;
}

bool vat_check_iso7064(const char *number)
{
        size_t last = strlen(number) - 1;
        int rest = 10;

        for (size_t i = 0; i < last; i++) {
                int sum = (digit(number, i) + rest) % 10;

                rest = 2 * (sum == 0 ? 10 : sum) % 11;
        }
        return (11 - rest) % 10 == digit(number, last);
}

bool vat_check_at(const char *number)
{
        int sum = 4;

        number++; /* U */
        for (size_t i = 0; i < 7; i++) {
                int part = digit(number, i) * (i % 2 == 0 ? 1 : 2);

                sum += part / 10 + part % 10;
        }
        return (10 - sum % 10) % 10 == digit(number, 7);
}

bool vat_check_be(const char *number)
{
        return 97 - value(number, 8) % 97 == value(number + 8, 2);
}

/* Of companies; numbers of persons have ten digits, of several kinds. */
bool vat_check_bg(const char *number)
{
        static const int first[] = {1, 2, 3, 4, 5, 6, 7, 8}, second[] = {3, 4, 5, 6, 7, 8, 9, 10};
        int rest;

        if (strlen(number) != 9)
                return true;
        rest = weighed(number, first, 8) % 11;
        if (rest == 10)
                rest = weighed(number, second, 8) % 11;
        return rest % 10 == digit(number, 8);
}

bool vat_check_cy(const char *number)
{
        static const int odd[] = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21};
        int sum = 0;

        for (size_t i = 0; i < 8; i++)
                sum += i % 2 == 0 ? odd[digit(number, i)] : digit(number, i);
        return 'A' + sum % 26 == number[8];
}

/* Of companies; persons have nine or ten digits. */
bool vat_check_cz(const char *number)
{
        static const int weights[] = {8, 7, 6, 5, 4, 3, 2};
        int rest;

        if (strlen(number) != 8)
                return true;
        rest = (11 - weighed(number, weights, 7) % 11) % 11;
        return number[0] != '9' && (rest == 0 ? 1 : rest % 10) == digit(number, 7);
}

bool vat_check_dk(const char *number)
{
        static const int weights[] = {2, 7, 6, 5, 4, 3, 2, 1};

        return weighed(number, weights, 8) % 11 == 0;
}

bool vat_check_ee(const char *number)
{
        static const int weights[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};

        return weighed(number, weights, 9) % 10 == 0;
}

bool vat_check_el(const char *number)
{
        static const int weights[] = {256, 128, 64, 32, 16, 8, 4, 2};

        return weighed(number, weights, 8) % 11 % 10 == digit(number, 8);
}

/* Letter of a person's number. */
static bool is_spanish_person(uint64_t number, char letter)
{
        return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == letter;
}

/* Of persons, of foreigners (X, Y, Z), and of companies, whose last character is a digit or stands
 * for one. Those with K, L or M have forms of their own. */
bool vat_check_es(const char *number)
{
        char first = number[0], last = number[8];
        int control;

        if (first >= '0' && first <= '9')
                return is_spanish_person(value(number, 8), last);
        if (first >= 'X')
                return is_spanish_person((uint64_t)(first - 'X') * 10000000 + value(number + 1, 7),
                                         last);
        if (strchr("KLM", first))
                return last >= 'A';
        if (!strchr("ABCDEFGHJNPQRSUVW", first))
                return false;
        /* Luhn's digit: that which a further digit would have to be. */
        char body[9] = "";

        memcpy(body, number + 1, 7);
        body[7] = '0';
        control = (10 - luhn(body, 8)) % 10;
        return last == '0' + control || last == "JABCDEFGHI"[control];
}

bool vat_check_fi(const char *number)
{
        static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1};

        return weighed(number, weights, 8) % 11 == 0;
}

/* SIREN behind a key; a key with a letter is of a form of its own. Monaco has no SIREN. */
bool vat_check_fr(const char *number)
{
        bool monaco = strncmp(number + 2, "000", 3) == 0;

        if (!monaco && luhn(number + 2, 9) != 0)
                return false;
        if (number[0] > '9' || number[1] > '9')
                return !strpbrk(number, "IO");
        return (12 + 3 * (value(number + 2, 9) % 97)) % 97 == value(number, 2);
}

bool vat_check_hu(const char *number)
{
        static const int weights[] = {9, 7, 3, 1, 9, 7, 3, 1};

        return weighed(number, weights, 8) % 10 == 0;
}

/* Seven digits, a letter that is made of them, and of the letter behind it if there is one. In the
 * older form the second place is a letter, and the first digit counts last. */
bool vat_check_ie(const char *number)
{
        static const int weights[] = {8, 7, 6, 5, 4, 3, 2};
        static const char letters[] = "WABCDEFGHIJKLMNOPQRSTUV";
        char digits[8] = "";
        int sum;

        memcpy(digits, number, 7);
        if (number[1] > '9') {
                memcpy(digits + 1, number + 2, 5);
                digits[0] = '0';
                digits[6] = number[0];
        }
        sum = weighed(digits, weights, 7);
        if (number[8]) {
                const char *second = strchr(letters, number[8]);

                if (!second)
                        return false;
                sum += 9 * (int)(second - letters);
        }
        return letters[sum % 23] == number[7];
}

bool vat_check_lt(const char *number)
{
        size_t last = strlen(number) - 1;
        int first = 0, second = 0, rest;

        for (size_t i = 0; i < last; i++) {
                first += (1 + (int)i % 9) * digit(number, i);
                second += (1 + ((int)i + 2) % 9) * digit(number, i);
        }
        rest = first % 11 == 10 ? second % 11 % 10 : first % 11;
        return number[last - 1] == '1' && rest == digit(number, last);
}

bool vat_check_lu(const char *number)
{
        return value(number, 6) % 89 == value(number + 6, 2);
}

/* Of companies; numbers of persons begin with 0 to 3. */
bool vat_check_lv(const char *number)
{
        static const int weights[] = {9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1};

        return number[0] <= '3' || weighed(number, weights, 11) % 11 == 3;
}

bool vat_check_mt(const char *number)
{
        static const int weights[] = {3, 4, 6, 7, 8, 9, 10, 1};

        return weighed(number, weights, 8) % 37 == 0;
}

/*
 * Two kinds are in force: an RSIN, with the test of eleven; and since 2020 the number of a sole
 * trader, of which NL, the digits, B and the last two, letters as 10 to 35, are 1 modulo 97.
 */
bool vat_check_nl(const char *number)
{
        static const char nl[] = "2321", b[] = "11";
        uint64_t rest = value(nl, 4);

        if (strcmp(number + 10, "00") == 0)
                return false;
        rest = (rest * 1000000000 + value(number, 9)) % 97;
        rest = (rest * 100 + value(b, 2)) % 97;
        rest = (rest * 100 + value(number + 10, 2)) % 97;
        return rest == 1 || (value(number, 9) > 0 && number_is_eleven(number));
}

bool vat_check_pl(const char *number)
{
        static const int weights[] = {6, 5, 7, 2, 3, 4, 5, 6, 7};

        return weighed(number, weights, 9) % 11 == digit(number, 9);
}

bool vat_check_pt(const char *number)
{
        static const int weights[] = {9, 8, 7, 6, 5, 4, 3, 2};

        return number[0] != '0' &&
               (11 - weighed(number, weights, 8) % 11) % 11 % 10 == digit(number, 8);
}

/* Short ones count as if there were zeros before them. */
bool vat_check_ro(const char *number)
{
        static const int weights[] = {7, 5, 3, 2, 1, 7, 5, 3, 2};
        size_t last = strlen(number) - 1;

        return number[0] != '0' &&
               10 * weighed(number, weights + 9 - last, last) % 11 % 10 == digit(number, last);
}

bool vat_check_se(const char *number)
{
        return luhn(number, 10) == 0 && strcmp(number + 10, "00") != 0;
}

bool vat_check_si(const char *number)
{
        static const int weights[] = {8, 7, 6, 5, 4, 3, 2};
        int rest = 11 - weighed(number, weights, 7) % 11;

        return number[0] != '0' && rest != 11 && rest % 10 == digit(number, 7);
}

bool vat_check_sk(const char *number)
{
        return number[0] != '0' && strchr("234789", number[2]) && value(number, 10) % 11 == 0;
}
