/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl audit list, verify. */
#include <inttypes.h>
#include <pwd.h>

#include "boctl/listing.h"
#include "boctl/progress.h"

DEFINE_CLEANUP(struct bo_audit_page *, bo_audit_page_free)

/* Text has names and right-aligned numbers alike, so the uids are no number columns there. */
static const struct column text_columns[] = {
        {"sequence", "SEQ", CELL_NUMBER},  {"time", "TIME", CELL_TIME},
        {"event", "EVENT", CELL_TEXT},     {"actor", "ACTOR", CELL_TEXT},
        {"subject", "SUBJECT", CELL_TEXT}, {"customer", "CUSTOMER", CELL_TEXT},
        {"detail", "DETAIL", CELL_TEXT},
};
static const struct column json_columns[] = {
        {"sequence", "", CELL_NUMBER}, {"time", "", CELL_TIME},      {"event", "", CELL_TEXT},
        {"actor", "", CELL_NUMBER},    {"subject", "", CELL_NUMBER}, {"customer", "", CELL_TEXT},
        {"detail", "", CELL_TEXT},
};

/* Of whatever source of the system; JSON keeps the number, which never changes its meaning. */
static void table_uid(struct table *table, const struct request *request, size_t column,
                      uint32_t uid)
{
        const struct passwd *entry = request->json ? NULL : getpwuid(uid);

        if (entry)
                table_text(table, column, entry->pw_name);
        else
                table_number(table, column, uid);
}

static void audit_cells(struct table *table, const struct request *request,
                        const struct bo_audit_row *row)
{
        table_number(table, 0, row->sequence);
        table_time(table, 1, row->time_usec);
        table_text(table, 2, row->event);
        table_uid(table, request, 3, row->actor);
        if (row->subject != 0)
                table_uid(table, request, 4, row->subject);
        table_text(table, 5, row->customer);
        table_text(table, 6, row->detail);
}

static int audit_fetch(struct listing *listing)
{
        _cleanup_(bo_audit_page_freep) struct bo_audit_page *page = NULL;
        const struct request *request = listing->request;
        const uint32_t *subject = listing->filter;
        int r = bo_audit_list(request->bo, *subject, request->value[OPTION_EVENT], listing->cursor,
                              listing->limit, &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++)
                audit_cells(listing->table, request, &page->items[i]);
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
}

int verb_audit_list(struct request *request)
{
        uint32_t subject = 0;
        uint64_t limit;
        /* A wrong --limit is told before the daemon is asked for the user. */
        int r = limit_of(request, UINT64_MAX, &limit);

        if (r == EXIT_DONE && request->value[OPTION_USER])
                r = uid_of(request, request->value[OPTION_USER], &subject);
        if (r != EXIT_DONE)
                return r;
        return listing_show(
                &(struct listing){.request = request,
                                  .name = "audit",
                                  .problem = "Cannot read the audit trail",
                                  .columns = request->json ? json_columns : text_columns,
                                  .n_columns = ELEMENTS(text_columns),
                                  .filter = &subject,
                                  .fetch = audit_fetch});
}

/* Piece by piece, so that others get their turn. 0, or what libbo said. */
static int verify_all(struct request *request, uint64_t *ret_rows)
{
        _cleanup_(progress_end) struct progress progress;
        uint64_t to = 0, end = 0;
        int r;

        progress_begin(&progress, "audit trail", PROGRESS_COUNT, 0, false);
        do {
                r = bo_audit_verify(request->bo, to, &to, &end);
                progress.total = end;
                progress_at(&progress, to);
        } while (r == 0 && to < end);
        *ret_rows = to;
        return r;
}

int verb_audit_verify(struct request *request)
{
        static const struct column columns[] = {{"rows", "Rows", CELL_NUMBER}};
        _cleanup_(table_freep) struct table *table = NULL;
        uint64_t rows;
        int r = verify_all(request, &rows);

        if (r != 0)
                return fail_call(request, r, "Cannot vouch for the audit trail");
        tell(request, "The audit trail is whole: %" PRIu64 " row%s.", rows, rows == 1 ? "" : "s");
        if (!request->json)
                return EXIT_DONE;
        table = table_new(request, "audit", columns, ELEMENTS(columns));
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_number(table, 0, rows);
        return table_end(table);
}
