/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was probably meant by a word that is not known. */
#include "common/conf.h"

#include <string.h>
#include <strings.h>

#define WORD_MAX 64 /* longer ones are no slips of the finger */

static size_t least(size_t one, size_t two, size_t three)
{
        size_t smaller = one < two ? one : two;

        return smaller < three ? smaller : three;
}

/* Levenshtein's distance, but a letter in the other case costs nothing. */
static size_t edit_distance(const char *one, const char *other)
{
        size_t row[WORD_MAX + 1];
        size_t length = strlen(other);

        for (size_t j = 0; j <= length; j++)
                row[j] = j;
        for (size_t i = 1; one[i - 1] != '\0'; i++) {
                size_t diagonal = row[0];

                row[0] = i;
                for (size_t j = 1; j <= length; j++) {
                        char a[2] = {one[i - 1], '\0'}, b[2] = {other[j - 1], '\0'};
                        size_t replaced = diagonal + (strcasecmp(a, b) != 0);

                        diagonal = row[j];
                        row[j] = least(replaced, row[j] + 1, row[j - 1] + 1);
                }
        }
        return row[length];
}

void conf_nearest_offer(struct conf_nearest *nearest, const char *candidate)
{
        size_t length = strlen(candidate);

        if (length > WORD_MAX || strlen(nearest->word) > WORD_MAX)
                return;

        size_t distance = edit_distance(nearest->word, candidate);

        if (distance > length / 3 + 1 || distance >= length)
                return;
        if (!nearest->best || distance < nearest->distance) {
                nearest->best = candidate;
                nearest->distance = distance;
        }
}
