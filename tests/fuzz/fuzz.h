/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libFuzzer calls, and a way to tell it that something does not hold. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* assert() that stays in release builds. */
#define MUST_HOLD(condition)                                                                       \
        do {                                                                                       \
                if (!(condition))                                                                  \
                        abort();                                                                   \
        } while (0)

/* @data as a string on the heap, where reading beyond it is noticed. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
        char *text = malloc(size + 1);

        MUST_HOLD(text);
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        return text;
}
