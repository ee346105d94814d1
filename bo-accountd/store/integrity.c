/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database examined for damage, by what the engine has for it. */
#include "bo-accountd/store/integrity.h"

#include "bo-accountd/store/store_private.h"

#include <string.h>

static int ready(struct store *store)
{
        return store->in_tx ? 0 : store_ready(store);
}

int store_table_next(struct store *store, const char *after, char ret_table[TABLE_NAME_SIZE])
{
        int r = ready(store);

        return r < 0 ? r
                     : store->sql->driver->next_table(store->sql, after, ret_table,
                                                      TABLE_NAME_SIZE);
}

int store_table_count(struct store *store, uint64_t *ret_n)
{
        char table[TABLE_NAME_SIZE] = "", after[TABLE_NAME_SIZE];
        uint64_t n = 0;
        int r = 0;

        while (r == 0) {
                memcpy(after, table, sizeof(after));
                r = store_table_next(store, after, table);
                n += r == 0;
        }
        if (r != -ENODATA)
                return r;
        *ret_n = n;
        return 0;
}

int store_examine_table(struct store *store, const char *table, bool whole,
                        char ret_problem[INTEGRITY_PROBLEM_SIZE])
{
        int r = ready(store);

        if (r == 0)
                r = store->sql->driver->examine_table(store->sql, table, whole, ret_problem,
                                                      INTEGRITY_PROBLEM_SIZE);
        if (r != -EIO)
                return r;
        snprintf(ret_problem, INTEGRITY_PROBLEM_SIZE, "it cannot be read to its end");
        return 0;
}

int store_size(struct store *store, uint64_t *ret_bytes)
{
        int r = ready(store);

        return r < 0 ? r : store->sql->driver->size(store->sql, ret_bytes);
}
