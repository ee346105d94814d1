/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl session list: who is in, and with --all who was. */
#include "boctl/listing.h"

enum {
        USER,
        SERVICE,
        FROM,
        TTY,
        FACTORS,
        OPENED,
        CLOSED,
        LEADER,
        ID,
};

static const struct column columns[] = {
        [USER] = {"user", "USER", CELL_TEXT},
        [SERVICE] = {"service", "SERVICE", CELL_TEXT},
        [FROM] = {"rhost", "FROM", CELL_TEXT},
        [TTY] = {"tty", "TTY", CELL_TEXT},
        [FACTORS] = {"factors", "FACTORS", CELL_TEXT},
        [OPENED] = {"opened", "OPENED", CELL_TIME},
        [CLOSED] = {"closed", "CLOSED", CELL_TIME},
        [LEADER] = {"leader", "LEADER", CELL_NUMBER},
        [ID] = {"id", "ID", CELL_NUMBER},
};

DEFINE_CLEANUP(struct bo_session_page *, bo_session_page_free)

static void session_cells(struct table *table, const struct request *request,
                          const struct bo_session *session)
{
        table_text(table, USER, session->user);
        table_text(table, SERVICE, session->service);
        table_text(table, FROM, session->rhost);
        table_text(table, TTY, session->tty);
        table_text(table, FACTORS, session->factors);
        table_time(table, OPENED, session->opened_usec);
        /* An open one has no such time: the cell stays empty, in JSON it is null. */
        if (session->closed_usec != 0 || request->json)
                table_time(table, CLOSED, session->closed_usec);
        table_number(table, LEADER, session->leader);
        table_number(table, ID, session->id);
}

static int sessions_fetch(struct listing *listing)
{
        _cleanup_(bo_session_page_freep) struct bo_session_page *page = NULL;
        const struct request *request = listing->request;
        bool open = !(request->given & OPTION_BIT(ALL));
        int r = bo_session_list(request->bo, request->args[0], open, listing->cursor,
                                listing->limit, &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++)
                session_cells(listing->table, request, &page->items[i]);
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
}

int verb_session_list(struct request *request)
{
        return listing_show(&(struct listing){.request = request,
                                              .name = "sessions",
                                              .problem = "Cannot list the sessions",
                                              .columns = columns,
                                              .n_columns = ELEMENTS(columns),
                                              .fetch = sessions_fetch});
}
