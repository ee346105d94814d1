/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl mail list. */
#include "boctl/table.h"

#define PAGE 1000

static const struct column columns[] = {
        {"id", "ID", CELL_NUMBER},           {"kind", "KIND", CELL_TEXT},
        {"recipient", "TO", CELL_TEXT},      {"queued", "QUEUED", CELL_TIME},
        {"attempts", "TRIED", CELL_NUMBER},  {"due", "NEXT", CELL_TIME},
        {"given_up", "GIVEN UP", CELL_TIME}, {"problem", "PROBLEM", CELL_TEXT},
};

DEFINE_CLEANUP(struct bo_mail_page *, bo_mail_page_free)

static void mail_row(struct table *table, const struct bo_mail_row *mail)
{
        table_row(table);
        table_number(table, 0, mail->id);
        table_text(table, 1, mail->kind);
        table_text(table, 2, mail->recipient);
        table_time(table, 3, mail->queued_usec);
        table_number(table, 4, mail->attempts);
        table_time(table, 5, mail->due_usec);
        table_time(table, 6, mail->given_up_usec);
        table_text(table, 7, mail->problem);
}

static int page_show(struct request *request, struct table *table, char **cursor, uint64_t *left)
{
        _cleanup_(bo_mail_page_freep) struct bo_mail_page *page = NULL;
        uint32_t limit = *left < PAGE ? (uint32_t)*left : PAGE;
        int r = bo_mail_list(request->bo, *cursor, limit, &page);

        if (r != 0)
                return fail_call(request, r, "Cannot list the mails");
        for (size_t i = 0; *left > 0 && i < page->n_items; i++, (*left)--)
                mail_row(table, &page->items[i]);
        free(*cursor);
        *cursor = page->next[0] ? TAKE_PTR(page->next) : NULL;
        return table_flush(table);
}

int verb_mail_list(struct request *request)
{
        _cleanup_(table_freep) struct table *table =
                table_new(request, "mails", columns, ELEMENTS(columns));
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
