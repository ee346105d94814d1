/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file has said already, so that a row that comes twice is found in a dry run as well. */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "boctl/bulk.h"

struct seen {
        void *tree;
};

struct seen_key {
        uint64_t line;
        char text[];
};

static int compare(const void *a, const void *b)
{
        const struct seen_key *one = a, *two = b;

        return strcmp(one->text, two->text);
}

struct seen *seen_new(void)
{
        return calloc(1, sizeof(struct seen));
}

int64_t seen_at(struct seen *seen, const char *prefix, const char *key, uint64_t line)
{
        size_t size = strlen(prefix) + strlen(key) + 1;
        struct seen_key *fresh = malloc(sizeof(*fresh) + size), **found;

        if (!fresh)
                return -ENOMEM;
        fresh->line = line;
        snprintf(fresh->text, size, "%s%s", prefix, key);
        found = tsearch(fresh, &seen->tree, compare);
        if (!found || *found != fresh)
                free(fresh);
        if (!found)
                return -ENOMEM;
        return *found == fresh ? 0 : (int64_t)(*found)->line;
}

struct seen *seen_free(struct seen *seen)
{
        if (seen)
                tdestroy(seen->tree, free);
        free(seen);
        return NULL;
}
