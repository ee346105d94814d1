/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of dictionaries (aa{sv}) into arrays of structs, and pages with their cursor. */
#include <errno.h>
#include <string.h>

#include "libbo/page.h"

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

/* Not cleaned: it goes back to the daemon, not to a terminal. */
static int next_read(sd_bus_message *message, char **ret_next)
{
        const char *next;
        int r = sd_bus_message_read(message, "s", &next);

        if (r <= 0)
                return call_malformed(r);
        *ret_next = strdup(next);
        return *ret_next ? 0 : -ENOMEM;
}

/* Copied byte by byte, since the caller's type is another one. */
static int page_new(const struct page *page, void **ret_page)
{
        *ret_page = malloc(sizeof(*page));
        if (!*ret_page)
                return -ENOMEM;
        memcpy(*ret_page, page, sizeof(*page));
        return 0;
}

static int page_read(sd_bus_message *message, const struct record *record, bool has_next,
                     void **ret_page)
{
        struct page page = {0};
        int r = records_read(message, record, &page.items, &page.n_items);

        if (r >= 0 && has_next)
                r = next_read(message, &page.next);
        if (r >= 0)
                r = page_new(&page, ret_page);
        if (r < 0) {
                records_free(record, page.items, page.n_items);
                free(page.next);
        }
        return r;
}

int call_list(bo *client, sd_bus_message *call, const struct record *record, void **ret_list)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r = call_send(client, call, &reply);

        return r != 0 ? r : page_read(reply, record, false, ret_list);
}

int call_page(bo *client, sd_bus_message *call, const struct record *record, const char *cursor,
              uint32_t limit, void **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int r = sd_bus_message_append(call, "su", cursor ? cursor : "", limit);

        if (r >= 0)
                r = call_send(client, call, &reply);
        return r != 0 ? r : page_read(reply, record, true, ret_page);
}

void *page_free(const struct record *record, void *page)
{
        struct page copy;

        if (!page)
                return NULL;
        memcpy(&copy, page, sizeof(copy));
        records_free(record, copy.items, copy.n_items);
        free(copy.next);
        free(page);
        return NULL;
}
