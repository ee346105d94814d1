/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pairs of numbers that wait for the end of a file in the making: beyond a few, on the disk. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
        SPILL_PAIRS = 4096, /* in memory */
};

struct spill_pair {
        uint32_t one, other;
};

/* All zero but fd, which is -1: empty. */
struct spill {
        int fd; /* of a file without a name */
        struct spill_pair *pairs;
        size_t n_pairs, n_written;
};

static inline size_t spill_count(const struct spill *spill)
{
        return spill->n_written + spill->n_pairs;
}

/* @name: free in @dir_fd, and free again afterwards. 0 or negative errno. */
int spill_add(struct spill *spill, int dir_fd, const char *name, struct spill_pair pair);

/* The pairs @from to @end, in the order in which they came, until @each fails. */
int spill_each(const struct spill *spill, size_t from, size_t end,
               int (*each)(void *userdata, struct spill_pair pair), void *userdata);

void spill_clear(struct spill *spill);
