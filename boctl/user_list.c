/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user list (R15). */
#include "boctl/listing.h"

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

static void user_cells(struct table *table, const struct bo_user *user)
{
        table_text(table, 0, user->username);
        table_number(table, 1, user->uid);
        table_text(table, 2, user->kind);
        table_text(table, 3, user->status);
        table_text(table, 4, user->email);
        table_text(table, 5, user->full_name);
        table_time(table, 6, user->last_login_usec);
        table_roles(table, 7, user->roles, user->n_roles);
}

static int users_fetch(struct listing *listing)
{
        _cleanup_(bo_user_page_freep) struct bo_user_page *page = NULL;
        int r = bo_user_list(listing->request->bo, listing->filter, listing->cursor, listing->limit,
                             &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++)
                user_cells(listing->table, &page->items[i]);
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
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

        if (request->n_roles > 1)
                return fail_usage("'user list' takes one --role.");
        return listing_show(&(struct listing){.request = request,
                                              .name = "users",
                                              .problem = "Cannot list the users",
                                              .columns = columns,
                                              .n_columns = ELEMENTS(columns),
                                              .filter = &filter,
                                              .fetch = users_fetch});
}
