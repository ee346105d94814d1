/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Callers= of a service: which programs beside root ask in its name, as text. */
#include "bo-accountd/policy/caller.h"

#include <errno.h>
#include <string.h>

#define BLANKS " \t"
#define DIGITS "0123456789"

static bool is_uid(const char *word)
{
        return word[0] && strspn(word, DIGITS) == strlen(word);
}

/* Without a leading zero, and neither of the values that mean "none" (chown(2)). */
static int parse_uid(const char *digits, uint32_t *ret_uid)
{
        uint64_t value = 0;

        if (strlen(digits) > 10 || (digits[0] == '0' && digits[1]))
                return -EINVAL;
        for (const char *c = digits; *c; c++)
                value = 10 * value + (uint64_t)(*c - '0');
        if (value >= UINT32_MAX || value == UINT16_MAX)
                return -EINVAL;
        *ret_uid = (uint32_t)value;
        return 0;
}

/* As in passwd(5) and group(5). Users of bo have addresses, or names that anybody may be given:
 * they are named by uid. */
static bool is_host_name(const char *name)
{
        static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
        static const char others[] =
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_" DIGITS ".-";

        return name[0] && strchr(first, name[0]) && strspn(name, others) == strlen(name);
}

static int parse(struct caller *caller, const char *word)
{
        *caller = (struct caller){.kind = word[0] == '@' ? CALLER_GROUP : CALLER_USER};
        if (is_uid(word)) {
                caller->kind = CALLER_UID;
                return parse_uid(word, &caller->uid);
        }
        if (word[0] == '@')
                word++;
        if (!is_host_name(word))
                return -EINVAL;
        strcpy(caller->name, word);
        return 0;
}

int caller_next(const char **list, struct caller *ret_caller)
{
        const char *begin = *list + strspn(*list, BLANKS);
        size_t length = strcspn(begin, BLANKS);
        char word[NAME_MAX_BYTES + 1];
        struct caller caller;
        int r;

        if (length == 0)
                return 0;
        if (length >= sizeof(word))
                return -EINVAL;
        memcpy(word, begin, length);
        word[length] = '\0';
        r = parse(&caller, word);
        if (r < 0)
                return r;
        *list = begin + length;
        *ret_caller = caller;
        return 1;
}

bool caller_list_is_valid(const char *list)
{
        struct caller caller;
        int r;

        while ((r = caller_next(&list, &caller)) > 0)
                ;
        return r == 0;
}
