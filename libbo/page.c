/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of dictionaries (aa{sv}) into arrays of structs, and pages with their cursor. */
#include <errno.h>
#include <string.h>

#include "libbo/internal.h"
#include "libbo/record.h"

/* Appends a zeroed struct; the array doubles at every power of two. */
static void *item_append(const struct record *record, void **items, size_t *n)
{
        void *item;

        if ((*n & (*n - 1)) == 0) {
                void *grown = reallocarray(*items, *n ? 2 * *n : 1, record->size);

                if (!grown)
                        return NULL;
                *items = grown;
        }
        item = (char *)*items + *n * record->size;
        memset(item, 0, record->size);
        (*n)++;
        return item;
}

static int items_read(sd_bus_message *message, const struct record *record, void **items, size_t *n)
{
        int r = sd_bus_message_enter_container(message, 'a', "a{sv}");

        if (r <= 0)
                return call_malformed(r);
        while ((r = sd_bus_message_at_end(message, false)) == 0) {
                void *item = item_append(record, items, n);

                r = item ? record_read(message, record, item) : -ENOMEM;
                if (r < 0)
                        return r;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        return r < 0 ? call_malformed(r) : 0;
}

int records_read(sd_bus_message *message, const struct record *record, void **ret_items,
                 size_t *ret_n)
{
        void *items = NULL;
        size_t n = 0;
        int r = items_read(message, record, &items, &n);

        if (r < 0) {
                records_free(record, items, n);
                return r;
        }
        *ret_items = items;
        *ret_n = n;
        return 0;
}

void records_free(const struct record *record, void *items, size_t n)
{
        for (size_t i = 0; i < n; i++)
                record_clear(record, (char *)items + i * record->size);
        free(items);
}

int page_read(sd_bus_message *message, const struct record *record, void **ret_items, size_t *ret_n,
              char **ret_next)
{
        const char *next;
        int r = records_read(message, record, ret_items, ret_n);

        if (r < 0)
                return r;
        r = sd_bus_message_read(message, "s", &next);
        if (r > 0) {
                /* Not cleaned: it goes back to the daemon, not to a terminal. */
                *ret_next = strdup(next);
                if (*ret_next)
                        return 0;
                r = -ENOMEM;
        }
        records_free(record, *ret_items, *ret_n);
        *ret_items = NULL;
        *ret_n = 0;
        return call_malformed(r);
}
