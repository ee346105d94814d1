/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts on the lines between a test and its helpers: spaces and control characters as %XX. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In place; "-" alone stands for the empty text. */
static inline char *percent_decode(char *text)
{
        char *out = text;

        if (strcmp(text, "-") == 0)
                text[0] = '\0';
        for (const char *in = text; *in; in++) {
                char hex[3] = {0};

                if (*in != '%' || !in[1] || !in[2]) {
                        *out++ = *in;
                        continue;
                }
                memcpy(hex, in + 1, 2);
                *out++ = (char)strtoul(hex, NULL, 16);
                in += 2;
        }
        *out = '\0';
        return text;
}

static inline void percent_print(const char *text, size_t size)
{
        if (size == 0)
                putchar('-');
        for (size_t i = 0; i < size; i++) {
                unsigned char c = (unsigned char)text[i];

                if (c > 0x20 && c < 0x7f && c != '%' && !(size == 1 && c == '-'))
                        putchar(c);
                else
                        printf("%%%02X", c);
        }
}
