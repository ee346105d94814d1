/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl check. */
#include "boctl/table.h"

DEFINE_CLEANUP(struct bo_findings *, bo_findings_free)

static int findings_list(const struct request *request, const struct bo_findings *findings)
{
        static const struct column columns[] = {
                {"part", "PART", CELL_TEXT},
                {"text", "FINDING", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "findings", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < findings->n_items; i++) {
                table_row(table);
                table_text(table, 0, findings->items[i].part);
                table_text(table, 1, findings->items[i].text);
        }
        return table_end(table);
}

int verb_check(struct request *request)
{
        _cleanup_(bo_findings_freep) struct bo_findings *findings = NULL;
        int r = bo_check(request->bo, &findings);

        if (r != 0)
                return fail_call(request, r, "Cannot check");
        if (request->json) {
                r = findings_list(request, findings);
                if (r != EXIT_DONE)
                        return r;
        }
        for (size_t i = 0; i < findings->n_items; i++)
                tell(request, "%s: %s", findings->items[i].part, findings->items[i].text);
        if (findings->n_items == 0)
                tell(request, "All is well.");
        return findings->n_items == 0 ? EXIT_DONE : EXIT_REFUSED;
}
