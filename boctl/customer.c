/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl customer create, list. */
#include <string.h>
#include <unistd.h>

#include "boctl/listing.h"

DEFINE_CLEANUP(struct bo_customer_page *, bo_customer_page_free)

int verb_customer_create(struct request *request)
{
        const char *id = request->args[0];
        const struct bo_customer_new customer = {
                .id = id,
                .alias = request->value[OPTION_ALIAS],
                .type = request->value[OPTION_TYPE],
                .subscription = request->value[OPTION_SUBSCRIPTION],
        };
        int r = bo_customer_create(request->bo, &customer);

        if (r != 0)
                return fail_call(request, r, "Cannot create the customer %s", id);
        tell(request, "Created the customer %s.", id);
        return EXIT_DONE;
}

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

/* The customer that the caller acts for; NULL if he is no user of bo (root), or acts for none. */
static char *acting_for(bo *client)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;

        return bo_user_get(client, (uint32_t)getuid(), &user) == 0 && user->acting_customer
                       ? TAKE_PTR(user->acting_customer)
                       : NULL;
}

static int customers_fetch(struct listing *listing)
{
        _cleanup_(bo_customer_page_freep) struct bo_customer_page *page = NULL;
        const char *acting = listing->filter;
        int r = bo_customer_list(listing->request->bo, listing->cursor, listing->limit, &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++) {
                table_text(listing->table, 0, page->items[i].id);
                table_text(listing->table, 1, page->items[i].alias);
                table_time(listing->table, 2, page->items[i].created_usec);
                table_text(listing->table, 3,
                           acting && strcmp(acting, page->items[i].id) == 0 ? "now" : "");
                table_text(listing->table, 4, page->items[i].type);
        }
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
}

int verb_customer_list(struct request *request)
{
        static const struct column columns[] = {{"id", "ID", CELL_TEXT},
                                                {"alias", "ALIAS", CELL_TEXT},
                                                {"created", "CREATED", CELL_TIME},
                                                {"acting", "YOU ACT", CELL_TEXT},
                                                {"type", "TYPE", CELL_TEXT}};
        _cleanup_(freep) char *acting = acting_for(request->bo);

        return listing_show(&(struct listing){.request = request,
                                              .name = "customers",
                                              .problem = "Cannot list the customers",
                                              .columns = columns,
                                              .n_columns = ELEMENTS(columns),
                                              .filter = acting,
                                              .fetch = customers_fetch});
}
