/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What pam_succeed_if(8) says, as far as that is known from the user ids alone. */
#include "boctl/pam_judge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_flag(const char *word)
{
        static const char *const flags[] = {"debug", "quiet", "quiet_fail", "quiet_success",
                                            "audit"};

        for (size_t i = 0; i < ELEMENTS(flags); i++)
                if (strcmp(word, flags[i]) == 0)
                        return true;
        return false;
}

static enum pam_condition all_are(bool all, bool any)
{
        return all ? PAM_CONDITION_HOLDS : any ? PAM_CONDITION_OPEN : PAM_CONDITION_FAILS;
}

static enum pam_condition negated(enum pam_condition condition)
{
        if (condition == PAM_CONDITION_OPEN)
                return condition;
        return condition == PAM_CONDITION_HOLDS ? PAM_CONDITION_FAILS : PAM_CONDITION_HOLDS;
}

/* Of every id in @range. */
static enum pam_condition compared(const struct pam_uids *range, const char *operator, long number)
{
        long low = range->low, high = range->high;

        if (strcmp(operator, "<") == 0)
                return all_are(high < number, low < number);
        if (strcmp(operator, "<=") == 0)
                return all_are(high <= number, low <= number);
        if (strcmp(operator, ">=") == 0)
                return negated(all_are(high < number, low < number));
        if (strcmp(operator, ">") == 0)
                return negated(all_are(high <= number, low <= number));
        if (strcmp(operator, "eq") == 0)
                return all_are(low == number && high == number, low <= number && number <= high);
        if (strcmp(operator, "ne") == 0)
                return negated(compared(range, "eq", number));
        return PAM_CONDITION_OPEN;
}

/* Each user has a group of the number that he has (R17). */
static enum pam_condition one_condition(const struct pam_uids *range, const char *field,
                                        const char *operator, const char * value)
{
        char *end;
        long number;

        if (strcmp(field, "uid") != 0 && strcmp(field, "gid") != 0)
                return PAM_CONDITION_OPEN;
        errno = 0;
        number = strtol(value, &end, 10);
        if (errno != 0 || end == value || *end)
                return PAM_CONDITION_OPEN;
        return compared(range, operator, number);
}

enum pam_condition pam_condition(const struct pam_line *line, const struct pam_uids *range)
{
        _cleanup_(freep) char *text = NULL;
        const char *words[3];
        size_t n = 0;
        enum pam_condition all = PAM_CONDITION_HOLDS;
        bool any = false;

        if (range->known && line->arguments && pam_line_is(line, "pam_succeed_if"))
                text = strdup(line->arguments);
        if (!text)
                return PAM_CONDITION_OPEN;
        for (char *rest = text, *word; (word = strsep(&rest, " "));) {
                enum pam_condition one;

                if (strcmp(word, "use_uid") == 0)
                        return PAM_CONDITION_OPEN; /* it is about who calls */
                if (!*word || is_flag(word))
                        continue;
                words[n++] = word;
                if (n < ELEMENTS(words))
                        continue;
                n = 0;
                any = true;
                one = one_condition(range, words[0], words[1], words[2]);
                if (one == PAM_CONDITION_FAILS)
                        return one;
                if (one == PAM_CONDITION_OPEN)
                        all = one;
        }
        return any && n == 0 ? all : PAM_CONDITION_OPEN;
}
