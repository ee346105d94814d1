/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists that grow while rows are read. */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Room in *@items, a pointer to elements of @size bytes, for one more than @n. */
static inline int list_grow(void *items, size_t n, size_t *capacity, size_t size)
{
        size_t bigger = *capacity ? 2 * *capacity : 8;
        void *old, *moved;

        if (n < *capacity)
                return 0;
        memcpy(&old, items, sizeof(old));
        moved = reallocarray(old, bigger, size);
        if (!moved)
                return -ENOMEM;
        memcpy(items, &moved, sizeof(moved));
        *capacity = bigger;
        return 0;
}
