/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names from logins and administrators: what is accepted becomes part of paths and passwd lines. */
#include "tests/fuzz/fuzz.h"

#include "bo-accountd/policy/name.h"

static void check_accepted(const char *folded)
{
        char again[NAME_MAX_BYTES + 1];
        size_t length = strlen(folded);

        MUST_HOLD(length >= 1 && length <= NAME_MAX_BYTES);
        MUST_HOLD(!strpbrk(folded, "/:,;\\\"'`$&|<>(){}[]*?!%^~# \t\r\n"));
        for (size_t i = 0; i < length; i++)
                MUST_HOLD(folded[i] > 0x20 && folded[i] < 0x7f &&
                          !(folded[i] >= 'A' && folded[i] <= 'Z'));
        MUST_HOLD(folded[0] != '-' && folded[0] != '.');
        MUST_HOLD(name_fold(again, folded) == 0 && strcmp(again, folded) == 0);
        MUST_HOLD(name_is_email(folded) == (strchr(folded, '@') != NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = fuzz_string(data, size);
        char folded[NAME_MAX_BYTES + 1];

        if (name_fold(folded, text) == 0)
                check_accepted(folded);
        else
                MUST_HOLD(folded[0] == '\0');
        if (name_is_path(text))
                MUST_HOLD(text[0] == '/' && !strstr(text, "//") && !strstr(text, "/../") &&
                          !strpbrk(text, ":\n"));
        if (name_is_gecos(text))
                MUST_HOLD(!strpbrk(text, ":,\n\033") && strlen(text) <= 128);
        if (name_is_customer_id(text))
                MUST_HOLD(strlen(text) <= 32);
        free(text);
        return 0;
}
