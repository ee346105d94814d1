/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each field of a customer takes, and its one form (R80, R87). */
#include "bo-accountd/policy/country.h"
#include "bo-accountd/policy/name.h"
#include "bo-accountd/policy/profile.h"

#include <stdio.h>
#include <string.h>

#define SPACE           " \t\r\n"
#define DIGITS          "0123456789"
#define LINE_BYTES_MOST 128
#define POSTCODE_MAX    16

/* Into a field, whatever its form is. */
static bool put(char *field, const char *text)
{
        memmove(field, text, strlen(text) + 1);
        return true;
}

static bool wrong(char why[NUMBER_WHY], const char *what)
{
        snprintf(why, NUMBER_WHY, "%s", what);
        return false;
}

static bool check_line(char *field, char why[NUMBER_WHY])
{
        return name_is_line(field, LINE_BYTES_MOST) ||
               wrong(why, "takes one line of at most 128 bytes of UTF-8");
}

/* The mailbox of a group is welcome: nobody logs in by it (R87). */
static bool check_email(char *field, char why[NUMBER_WHY])
{
        char folded[NAME_MAX_BYTES + 1];

        if (name_fold(folded, field) < 0 || !name_is_email(folded))
                return wrong(why, "must be a plain e-mail address, as invoices@shop.example");
        return put(field, folded);
}

/* What people put between the digits is taken out; E.164 has at most 15 of them. */
static bool check_phone(char *field, char why[NUMBER_WHY])
{
        char bare[PROFILE_TEXT_SIZE];
        size_t length = 0, plus;

        for (const char *c = field; *c; c++)
                if (!strchr(" .-/()", *c))
                        bare[length++] = *c;
        bare[length] = '\0';
        plus = bare[0] == '+';
        if (strspn(bare + plus, DIGITS) != length - plus || length - plus < 3 || length - plus > 15)
                return wrong(why, "must be a telephone number of 3 to 15 digits, as +31201234567");
        return put(field, bare);
}

static bool check_website(char *field, char why[NUMBER_WHY])
{
        size_t scheme = strncmp(field, "https://", 8) == 0  ? 8
                        : strncmp(field, "http://", 7) == 0 ? 7
                                                            : 0;
        size_t host = strcspn(field + scheme, "/?#");
        bool plain = true;

        for (const char *c = field; *c; c++)
                plain = plain && *c > ' ' && *c < '\177' && !strchr("\"'<>\\^`{|}", *c);
        if (!plain || scheme == 0 || host == 0 || !memchr(field + scheme, '.', host))
                return wrong(why, "must be an address of the web, as https://www.shop.example/");
        return true;
}

static bool check_country(char *field, char why[NUMBER_WHY])
{
        char code[NUMBER_SIZE];

        if (!number_compact(code, field) || !country_is_known(code))
                return wrong(why, "must be two letters of ISO 3166-1, as NL (Greece: GR)");
        return put(field, code);
}

/* 1234 AB; SA, SD and SS are never given out. */
static bool check_dutch_postcode(char *field, char why[NUMBER_WHY])
{
        char code[NUMBER_SIZE], written[8];
        bool good = number_compact(code, field) && strlen(code) == 6 && code[0] != '0' &&
                    strspn(code, DIGITS) == 4 && strcspn(code + 4, DIGITS) == 2;

        if (!good || (code[4] == 'S' && strchr("ADS", code[5])))
                return wrong(why, "of the Netherlands must be four digits and two letters, as "
                                  "1012 JS");
        snprintf(written, sizeof(written), "%.4s %.2s", code, code + 4);
        return put(field, written);
}

static bool check_postcode(char *field, const char *country, char why[NUMBER_WHY])
{
        size_t length = strlen(field);

        if (strcmp(country, "NL") == 0)
                return check_dutch_postcode(field, why);
        for (char *c = field; *c; c++)
                if (*c >= 'a' && *c <= 'z')
                        *c = (char)(*c - 'a' + 'A');
        if (length > POSTCODE_MAX || strspn(field, "ABCDEFGHIJKLMNOPQRSTUVWXYZ -" DIGITS) != length)
                return wrong(why, "takes at most 16 letters, digits, blanks and hyphens");
        return true;
}

static bool check_number(bool (*read)(char[NUMBER_SIZE], const char *, char[NUMBER_WHY]),
                         char *field, char why[NUMBER_WHY])
{
        char number[NUMBER_SIZE];

        return read(number, field, why) && put(field, number);
}

static void trim(char *field)
{
        size_t lead = strspn(field, SPACE), length = strlen(field + lead);

        memmove(field, field + lead, length + 1);
        while (length > 0 && strchr(SPACE, field[length - 1]))
                field[--length] = '\0';
}

static bool check_field(struct profile *profile, enum profile_field field, char why[NUMBER_WHY])
{
        char *text = profile->text[field];

        trim(text);
        if (!text[0])
                return true;
        switch (field) {
        case PROFILE_CONTACT_NAME:
        case PROFILE_COMPANY:
        case PROFILE_STREET:
        case PROFILE_CITY:
                return check_line(text, why);
        case PROFILE_CONTACT_EMAIL:
        case PROFILE_INVOICE_EMAIL:
                return check_email(text, why);
        case PROFILE_PHONE:
                return check_phone(text, why);
        case PROFILE_WEBSITE:
                return check_website(text, why);
        case PROFILE_POSTCODE:
                return check_postcode(text, profile->text[PROFILE_COUNTRY], why);
        case PROFILE_COUNTRY:
                return check_country(text, why);
        case PROFILE_KVK:
                return check_number(number_kvk, text, why);
        case PROFILE_OIN:
                return check_number(number_oin, text, why);
        case PROFILE_VAT:
                return check_number(number_vat, text, why);
        case PROFILE_FIELDS:
                break;
        }
        return wrong(why, "is no field");
}

bool profile_check(struct profile *profile, uint32_t fields, enum profile_field *ret_field,
                   char why[NUMBER_WHY])
{
        bool country = fields & PROFILE_BIT(PROFILE_COUNTRY);

        *ret_field = PROFILE_COUNTRY;
        if (country && !check_field(profile, PROFILE_COUNTRY, why))
                return false;
        if (country)
                fields |= PROFILE_BIT(PROFILE_POSTCODE);
        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++) {
                *ret_field = field;
                if (fields & PROFILE_BIT(field) && !check_field(profile, field, why))
                        return false;
        }
        return true;
}
