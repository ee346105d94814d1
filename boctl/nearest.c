/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The known word that a mistyped one comes nearest to. */
#include <string.h>

#include "boctl/boctl.h"

#define WORD_MAX 32

static size_t smaller(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* Insertions, deletions, changes, and neighbours that changed places (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
        size_t cost[WORD_MAX + 1][WORD_MAX + 1];
        size_t n = strlen(a), m = strlen(b);

        if (n > WORD_MAX || m > WORD_MAX)
                return WORD_MAX;
        for (size_t i = 0; i <= n; i++)
                for (size_t j = 0; j <= m; j++) {
                        if (i == 0 || j == 0) {
                                cost[i][j] = i + j;
                                continue;
                        }
                        cost[i][j] = smaller(cost[i - 1][j], cost[i][j - 1]) + 1;
                        cost[i][j] =
                                smaller(cost[i][j], cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                cost[i][j] = smaller(cost[i][j], cost[i - 2][j - 2] + 1);
                }
        return cost[n][m];
}

const char *nearest(const char *word, const char *const *words, size_t n)
{
        /* Beyond a third of its letters, or one letter, it is a guess and not a correction. */
        size_t third = strlen(word) / 3, best = third > 0 ? smaller(third, 4) : 1;
        const char *found = NULL;

        for (size_t i = 0; i < n; i++) {
                size_t d = words[i] ? distance(word, words[i]) : WORD_MAX;

                if (d < best || (d == best && !found)) {
                        best = d;
                        found = words[i];
                }
        }
        return found;
}
