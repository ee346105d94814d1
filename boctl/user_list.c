/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user list: page after page, each shown as it comes (R15). */
#include "boctl/table.h"

#define PAGE 1000

static const struct column columns[] = {
        {"username", "NAME", CELL_TEXT},
        {"uid", "UID", CELL_NUMBER},
        {"kind", "KIND", CELL_TEXT},
        {"status", "STATUS", CELL_TEXT},
        {"email", "E-MAIL", CELL_TEXT},
        {"full_name", "FULL NAME", CELL_TEXT},
        {"last_login", "LAST LOGIN", CELL_TIME},
        {"roles", "ROLES", CELL_LIST},
};

DEFINE_CLEANUP(struct bo_user_page *, bo_user_page_free)

static void user_row(struct table *table, const struct bo_user *user)
{
        table_row(table);
        table_text(table, 0, user->username);
        table_number(table, 1, user->uid);
        table_text(table, 2, user->kind);
        table_text(table, 3, user->status);
        table_text(table, 4, user->email);
        table_text(table, 5, user->full_name);
        table_time(table, 6, user->last_login_usec);
        table_roles(table, 7, user->roles, user->n_roles);
}

/* Shows up to @left users and lowers it; the cursor goes on, NULL after the last page. */
static int page_show(struct request *request, const struct bo_user_filter *filter,
                     struct table *table, char **cursor, uint64_t *left)
{
        _cleanup_(bo_user_page_freep) struct bo_user_page *page = NULL;
        uint32_t limit = *left < PAGE ? (uint32_t)*left : PAGE;
        int r = bo_user_list(request->bo, filter, *cursor, limit, &page);

        if (r != 0)
                return fail_call(request, r, "Cannot list the users");
        for (size_t i = 0; *left > 0 && i < page->n_items; i++, (*left)--)
                user_row(table, &page->items[i]);
        free(*cursor);
        *cursor = page->next[0] ? TAKE_PTR(page->next) : NULL;
        return table_flush(table);
}

int verb_user_list(struct request *request)
{
        const struct bo_user_filter filter = {
                .customer = request->value[OPTION_CUSTOMER],
                .status = request->value[OPTION_STATUS],
                .kind = request->value[OPTION_KIND],
                .role = request->value[OPTION_ROLE],
                .search = request->value[OPTION_SEARCH],
                .sort = request->value[OPTION_SORT],
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "users", columns, ELEMENTS(columns));
        _cleanup_(freep) char *cursor = NULL;
        uint64_t left;
        int r = limit_of(request, UINT64_MAX, &left);

        if (r != EXIT_DONE)
                return r;
        if (request->n_roles > 1)
                return fail_usage("'user list' takes one --role.");
        if (!table)
                return fail("Out of memory.");
        do
                r = page_show(request, &filter, table, &cursor, &left);
        while (r == EXIT_DONE && cursor && left > 0);
        return r == EXIT_DONE ? table_end(table) : r;
}
