/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl session list: who is in, and with --all who was. */
#include "boctl/table.h"

#define PAGE 1000

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

static void session_row(struct table *table, const struct request *request,
                        const struct bo_session *session)
{
        table_row(table);
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

static int page_show(struct request *request, const char *user, struct table *table, char **cursor,
                     uint64_t *left)
{
        _cleanup_(bo_session_page_freep) struct bo_session_page *page = NULL;
        uint32_t limit = *left < PAGE ? (uint32_t)*left : PAGE;
        bool open = !(request->given & OPTION_BIT(ALL));
        int r = bo_session_list(request->bo, user, open, *cursor, limit, &page);

        if (r != 0)
                return fail_call(request, r, "Cannot list the sessions");
        for (size_t i = 0; *left > 0 && i < page->n_items; i++, (*left)--)
                session_row(table, request, &page->items[i]);
        free(*cursor);
        *cursor = page->next[0] ? TAKE_PTR(page->next) : NULL;
        return table_flush(table);
}

int verb_session_list(struct request *request)
{
        _cleanup_(table_freep) struct table *table =
                table_new(request, "sessions", columns, ELEMENTS(columns));
        _cleanup_(freep) char *cursor = NULL;
        uint64_t left;
        int r = limit_of(request, UINT64_MAX, &left);

        if (r != EXIT_DONE)
                return r;
        if (!table)
                return fail("Out of memory.");
        do
                r = page_show(request, request->args[0], table, &cursor, &left);
        while (r == EXIT_DONE && cursor && left > 0);
        return r == EXIT_DONE ? table_end(table) : r;
}
