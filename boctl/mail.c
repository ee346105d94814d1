/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl mail list. */
#include "boctl/listing.h"

static const struct column columns[] = {
        {"id", "ID", CELL_NUMBER},           {"kind", "KIND", CELL_TEXT},
        {"recipient", "TO", CELL_TEXT},      {"queued", "QUEUED", CELL_TIME},
        {"attempts", "TRIED", CELL_NUMBER},  {"due", "NEXT", CELL_TIME},
        {"given_up", "GIVEN UP", CELL_TIME}, {"problem", "PROBLEM", CELL_TEXT},
};

DEFINE_CLEANUP(struct bo_mail_page *, bo_mail_page_free)

static void mail_cells(struct table *table, const struct bo_mail_row *mail)
{
        table_number(table, 0, mail->id);
        table_text(table, 1, mail->kind);
        table_text(table, 2, mail->recipient);
        table_time(table, 3, mail->queued_usec);
        table_number(table, 4, mail->attempts);
        table_time(table, 5, mail->due_usec);
        table_time(table, 6, mail->given_up_usec);
        table_text(table, 7, mail->problem);
}

static int mails_fetch(struct listing *listing)
{
        _cleanup_(bo_mail_page_freep) struct bo_mail_page *page = NULL;
        int r = bo_mail_list(listing->request->bo, listing->cursor, listing->limit, &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++)
                mail_cells(listing->table, &page->items[i]);
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
}

int verb_mail_list(struct request *request)
{
        return listing_show(&(struct listing){.request = request,
                                              .name = "mails",
                                              .problem = "Cannot list the mails",
                                              .columns = columns,
                                              .n_columns = ELEMENTS(columns),
                                              .fetch = mails_fetch});
}
