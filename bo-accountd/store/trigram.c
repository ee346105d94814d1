/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches for a part of a text by an index of its runs of three characters. */
#include "bo-accountd/store/trigram.h"
#include "bo-accountd/store/store_private.h"

#include <string.h>

/* Bytes of the first @n characters of UTF-8 @text; 0 if it has fewer. */
static size_t head(const char *text, int n)
{
        size_t length = 0;

        for (int i = 0; i < n; i++) {
                if (!text[length])
                        return 0;
                for (length++; ((unsigned char)text[length] & 0xc0) == 0x80;)
                        length++;
        }
        return length;
}

bool trigram_usable(const struct store *store, const char *folded)
{
        return store->sql->driver->trigrams && head(folded, TRIGRAM_SIZE) > 0;
}

static char *quote(char *out, const char *text, size_t length)
{
        *out++ = '"';
        for (size_t i = 0; i < length; i++) {
                if (text[i] == '"')
                        *out++ = '"';
                *out++ = text[i];
        }
        *out++ = '"';
        *out++ = ' ';
        return out;
}

void trigram_match(char *out, size_t size, const char *folded)
{
        const char *end = out + size;
        size_t length;

        /* What does not fit any more is left to the caller, who looks for the whole. */
        for (; (length = head(folded, TRIGRAM_SIZE)) > 0 && out + 2 * length + 4 <= end;
             folded += head(folded, 1))
                out = quote(out, folded, length);
        *out = '\0';
}
