/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl throttle list, clear. */
#include "boctl/table.h"

DEFINE_CLEANUP(struct bo_throttle_list *, bo_throttle_list_free)

int verb_throttle_list(struct request *request)
{
        static const struct column columns[] = {
                {"source", "SOURCE", CELL_TEXT},
                {"next", "NEXT TRY", CELL_TIME},
                {"forgotten", "FORGOTTEN", CELL_TIME},
        };
        _cleanup_(bo_throttle_list_freep) struct bo_throttle_list *list = NULL;
        _cleanup_(table_freep) struct table *table =
                table_new(request, "throttled", columns, ELEMENTS(columns));
        int r = bo_throttle_list(request->bo, &list);

        if (r != 0)
                return fail_call(request, r, "Cannot list the sources");
        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < list->n_items; i++) {
                table_row(table);
                table_text(table, 0, list->items[i].source);
                table_time(table, 1, list->items[i].next_usec);
                table_time(table, 2, list->items[i].forgotten_usec);
        }
        return table_end(table);
}

int verb_throttle_clear(struct request *request)
{
        uint32_t n = 0;
        int r = bo_throttle_clear(request->bo, request->args[0], &n);

        if (r != 0)
                return fail_call(request, r, "Cannot forget the failures of %s", request->args[0]);
        if (n == 0)
                tell(request, "No failed logins were counted for %s.", request->args[0]);
        else
                tell(request, "The failed logins from %s are forgotten.", request->args[0]);
        return EXIT_DONE;
}
