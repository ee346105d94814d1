/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl customer create, list. */
#include "boctl/table.h"

#define PAGE 1000

DEFINE_CLEANUP(struct bo_customer_page *, bo_customer_page_free)

int verb_customer_create(struct request *request)
{
        const char *id = request->args[0];
        int r = bo_customer_create(request->bo, id, request->value[OPTION_ALIAS]);

        if (r != 0)
                return fail_call(request, r, "Cannot create the customer %s", id);
        tell(request, "Created the customer %s.", id);
        return EXIT_DONE;
}

static int page_show(struct request *request, struct table *table, char **cursor, uint64_t *left)
{
        _cleanup_(bo_customer_page_freep) struct bo_customer_page *page = NULL;
        uint32_t limit = *left < PAGE ? (uint32_t)*left : PAGE;
        int r = bo_customer_list(request->bo, *cursor, limit, &page);

        if (r != 0)
                return fail_call(request, r, "Cannot list the customers");
        for (size_t i = 0; *left > 0 && i < page->n_items; i++, (*left)--) {
                table_row(table);
                table_text(table, 0, page->items[i].id);
                table_text(table, 1, page->items[i].alias);
                table_time(table, 2, page->items[i].created_usec);
        }
        free(*cursor);
        *cursor = page->next[0] ? TAKE_PTR(page->next) : NULL;
        return table_flush(table);
}

int verb_customer_list(struct request *request)
{
        static const struct column columns[] = {{"id", "ID", CELL_TEXT},
                                                {"alias", "ALIAS", CELL_TEXT},
                                                {"created", "CREATED", CELL_TIME}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "customers", columns, ELEMENTS(columns));
        _cleanup_(freep) char *cursor = NULL;
        uint64_t left;
        int r = limit_of(request, UINT64_MAX, &left);

        if (r != EXIT_DONE)
                return r;
        if (!table)
                return fail("Out of memory.");
        do
                r = page_show(request, table, &cursor, &left);
        while (r == EXIT_DONE && cursor && left > 0);
        return r == EXIT_DONE ? table_end(table) : r;
}
