/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists and pages of bo.h: alike but for the type of their rows, so read and freed in one place. */
#pragma once

#include "libbo/internal.h"
#include "libbo/record.h"

/* What the daemon hands out as aa{sv}; next, of a page alone, is the cursor of the one after it. */
struct page {
        void *items;
        size_t n_items;
        char *next;
};

/* Beside the record of the rows: that the type of bo.h is such a list, such a page. */
#define IS_LIST(type)                                                                              \
        _Static_assert(offsetof(type, items) == offsetof(struct page, items) &&                    \
                               offsetof(type, n_items) == offsetof(struct page, n_items) &&        \
                               sizeof(type) <= sizeof(struct page),                                \
                       #type " is no list")
#define IS_PAGE(type)                                                                              \
        IS_LIST(type);                                                                             \
        _Static_assert(offsetof(type, next) == offsetof(struct page, next), #type " is no page")

/* Sends @call and reads the list; returns as a public call does. */
int call_list(bo *client, sd_bus_message *call, const struct record *record, void **ret_list);

/* Appends cursor and limit to @call, sends it and reads the page; returns as a public call does. */
int call_page(bo *client, sd_bus_message *call, const struct record *record, const char *cursor,
              uint32_t limit, void **ret_page);

/* Frees a list or page that one of these made; takes NULL, returns NULL. */
void *page_free(const struct record *record, void *page);
