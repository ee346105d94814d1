/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of settings: numbers, sizes, times, ranges, yes and no. */
#include "common/conf_value.h"

#include "common/cleanup.h"
#include "common/clock.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

static const struct {
        const char *name;
        uint64_t usec;
} units[] = {
        {"s", USEC_PER_SEC},        {"sec", USEC_PER_SEC},       {"second", USEC_PER_SEC},
        {"seconds", USEC_PER_SEC},  {"m", USEC_PER_MIN},         {"min", USEC_PER_MIN},
        {"minute", USEC_PER_MIN},   {"minutes", USEC_PER_MIN},   {"h", USEC_PER_HOUR},
        {"hour", USEC_PER_HOUR},    {"hours", USEC_PER_HOUR},    {"d", USEC_PER_DAY},
        {"day", USEC_PER_DAY},      {"days", USEC_PER_DAY},      {"w", 7 * USEC_PER_DAY},
        {"week", 7 * USEC_PER_DAY}, {"weeks", 7 * USEC_PER_DAY},
};

/* The digits at the head of *text, which is moved on. */
static int digits_take(const char **text, uint64_t *ret_number)
{
        size_t count = strspn(*text, DIGITS);
        uint64_t number = 0;

        if (count == 0)
                return -EINVAL;
        for (size_t i = 0; i < count; i++)
                if (__builtin_mul_overflow(number, 10, &number) ||
                    __builtin_add_overflow(number, (uint64_t)((*text)[i] - '0'), &number))
                        return -EINVAL;
        *text += count;
        *ret_number = number;
        return 0;
}

int conf_number(const char *text, uint64_t *ret_number)
{
        uint64_t number = 0;

        if (digits_take(&text, &number) < 0 || *text != '\0')
                return -EINVAL;
        *ret_number = number;
        return 0;
}

int conf_size(const char *text, uint64_t *ret_bytes)
{
        static const char suffixes[] = "KMG";
        uint64_t bytes = 0, factor = 1;

        if (digits_take(&text, &bytes) < 0)
                return -EINVAL;
        if (*text != '\0') {
                const char *suffix = strchr(suffixes, *text);

                if (!suffix || text[1] != '\0')
                        return -EINVAL;
                factor = UINT64_C(1) << (10 * (suffix - suffixes + 1));
        }
        if (__builtin_mul_overflow(bytes, factor, &bytes))
                return -EINVAL;
        *ret_bytes = bytes;
        return 0;
}

static int unit_take(const char **text, uint64_t *ret_usec)
{
        size_t length = strspn(*text, LETTERS);

        for (size_t i = 0; i < ELEMENTS(units); i++)
                if (strlen(units[i].name) == length && strncmp(units[i].name, *text, length) == 0) {
                        *text += length;
                        *ret_usec = units[i].usec;
                        return 0;
                }
        return -EINVAL;
}

int conf_duration(const char *text, uint64_t *ret_usec)
{
        uint64_t total = 0;

        do {
                uint64_t number = 0, unit = 0;

                if (digits_take(&text, &number) < 0)
                        return -EINVAL;
                text += strspn(text, " ");
                if (unit_take(&text, &unit) < 0 || __builtin_mul_overflow(number, unit, &number) ||
                    __builtin_add_overflow(total, number, &total))
                        return -EINVAL;
                text += strspn(text, " ");
        } while (*text != '\0');
        *ret_usec = total;
        return 0;
}

int conf_range(const char *text, uint32_t *ret_first, uint32_t *ret_last)
{
        uint64_t first = 0, last = 0;

        if (digits_take(&text, &first) < 0 || *text != '-')
                return -EINVAL;
        text++;
        if (digits_take(&text, &last) < 0 || *text != '\0' || first > last || last > UINT32_MAX)
                return -EINVAL;
        *ret_first = (uint32_t)first;
        *ret_last = (uint32_t)last;
        return 0;
}

int conf_boolean(const char *text, bool *ret_yes)
{
        static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcasecmp(text, words[i]) == 0) {
                        *ret_yes = i % 2 == 1;
                        return 0;
                }
        return -EINVAL;
}
