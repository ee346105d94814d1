/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capital letters made small, for a search that ignores them: the same on every host. */
#include "common/fold.h"

#include "common/cleanup.h"
#include "common/text.h"

#include <string.h>

/* Capitals first..last, each @step apart, become small by adding @offset. Unicode 15, Case Mapping.
 */
static const struct {
        uint32_t first, last, step;
        int32_t offset;
} capitals[] = {
        {0x41, 0x5a, 1, 32},                             /* A Z */
        {0xc0, 0xd6, 1, 32},     {0xd8, 0xde, 1, 32},    /* À Ö, Ø Þ */
        {0x100, 0x12e, 2, 1},    {0x132, 0x136, 2, 1},   /* Ā Į, Ĳ Ķ */
        {0x139, 0x147, 2, 1},    {0x14a, 0x176, 2, 1},   /* Ĺ Ň, Ŋ Ŷ */
        {0x178, 0x178, 1, -121}, {0x179, 0x17d, 2, 1},   /* Ÿ, Ź Ž */
        {0x218, 0x21a, 2, 1},                            /* Ș Ț */
        {0x386, 0x386, 1, 38},   {0x388, 0x38a, 1, 37},  /* Ά, Έ Ί */
        {0x38c, 0x38c, 1, 64},   {0x38e, 0x38f, 1, 63},  /* Ό, Ύ Ώ */
        {0x391, 0x3a1, 1, 32},   {0x3a3, 0x3ab, 1, 32},  /* Α Ρ, Σ Ϋ */
        {0x400, 0x40f, 1, 80},   {0x410, 0x42f, 1, 32},  /* Ѐ Џ, А Я */
        {0x48a, 0x4be, 2, 1},    {0x4d0, 0x4fe, 2, 1},   /* Ҋ Ҿ, Ӑ Ӿ */
        {0x1e00, 0x1e94, 2, 1},  {0x1ea0, 0x1efe, 2, 1}, /* Ḁ Ẕ, Ạ Ỿ */
};

static uint32_t small(uint32_t code)
{
        for (size_t i = 0; i < ELEMENTS(capitals); i++)
                if (code >= capitals[i].first && code <= capitals[i].last)
                        return (code - capitals[i].first) % capitals[i].step == 0
                                       ? (uint32_t)((int32_t)code + capitals[i].offset)
                                       : code;
        return code;
}

/* No capital of the table, nor what it becomes, is beyond three bytes. */
static size_t encode(char *out, uint32_t code)
{
        if (code < 0x80) {
                out[0] = (char)code;
                return 1;
        }
        if (code < 0x800) {
                out[0] = (char)(0xc0 | code >> 6);
                out[1] = (char)(0x80 | (code & 0x3f));
                return 2;
        }
        out[0] = (char)(0xe0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (char)(0x80 | (code & 0x3f));
        return 3;
}

void fold_case(char *out, size_t size, const char *text)
{
        size_t left = strlen(text), used = 0;

        while (left > 0 && used + 4 < size) {
                uint32_t code = 0, folded;
                int taken = text_decode(text, left, &code);
                size_t length = taken > 0 ? (size_t)taken : 1;

                folded = taken > 0 ? small(code) : 0;
                if (taken > 0 && folded != code) {
                        used += encode(out + used, folded);
                } else {
                        memcpy(out + used, text, length);
                        used += length;
                }
                text += length;
                left -= length;
        }
        out[used] = '\0';
}
