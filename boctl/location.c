/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl location create, list, search, show, edit, bind, unbind; boctl user locations. */
#include "boctl/listing.h"

#include <stdio.h>
#include <string.h>

DEFINE_CLEANUP(struct bo_location *, bo_location_free)
DEFINE_CLEANUP(struct bo_location_page *, bo_location_page_free)

int verb_location_create(struct request *request)
{
        const char *id = request->args[0];
        int r = bo_location_create(request->bo, id, request->value[OPTION_CUSTOMER],
                                   request->value[OPTION_NAME], request->value[OPTION_WEBSITE]);

        if (r != 0)
                return fail_call(request, r, "Cannot create the location %s", id);
        tell(request, "Created the location %s.", id);
        return EXIT_DONE;
}

static int locations_fetch(struct listing *listing)
{
        _cleanup_(bo_location_page_freep) struct bo_location_page *page = NULL;
        const struct request *request = listing->request;
        int r = bo_location_search(request->bo, request->value[OPTION_CUSTOMER], listing->filter,
                                   listing->cursor, listing->limit, &page);

        for (size_t i = 0; r == 0 && i < page->n_items && listing_row(listing); i++) {
                table_text(listing->table, 0, page->items[i].id);
                table_text(listing->table, 1, page->items[i].customer);
                table_text(listing->table, 2, page->items[i].name);
                table_text(listing->table, 3, page->items[i].website);
        }
        return r == 0 ? listing_next(listing, TAKE_PTR(page->next)) : r;
}

static int list(struct request *request, const char *text)
{
        static const struct column columns[] = {{"id", "ID", CELL_TEXT},
                                                {"customer", "CUSTOMER", CELL_TEXT},
                                                {"name", "NAME", CELL_TEXT},
                                                {"website", "WEBSITE", CELL_TEXT}};

        return listing_show(&(struct listing){.request = request,
                                              .name = "locations",
                                              .problem = "Cannot list the locations",
                                              .columns = columns,
                                              .n_columns = ELEMENTS(columns),
                                              .filter = text,
                                              .fetch = locations_fetch});
}

int verb_location_list(struct request *request)
{
        return list(request, "");
}

int verb_location_search(struct request *request)
{
        return list(request, request->args[0]);
}

/* "tty till-3/tty1" of each; NULL: out of memory. */
static char **terminal_texts(const struct bo_location *location)
{
        char **texts = calloc(location->n_terminals + 1, sizeof(*texts));

        for (size_t i = 0; texts && i < location->n_terminals; i++) {
                const struct bo_terminal *terminal = &location->terminals[i];
                const char *host = terminal->host ? terminal->host : "";

                if (asprintf(&texts[i], "%s %s%s%s", terminal->kind, host, *host ? "/" : "",
                             terminal->value) < 0)
                        texts[i] = NULL;
        }
        return texts;
}

static void texts_free(char **texts)
{
        for (size_t i = 0; texts && texts[i]; i++)
                free(texts[i]);
        free(texts);
}

static int show(const struct request *request, const struct bo_location *location)
{
        static const struct column columns[] = {
                {"id", "Id", CELL_TEXT},           {"customer", "Customer", CELL_TEXT},
                {"name", "Name", CELL_TEXT},       {"website", "Website", CELL_TEXT},
                {"created", "Created", CELL_TIME}, {"terminals", "Terminals", CELL_LIST},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "location", columns, ELEMENTS(columns));
        char **texts = terminal_texts(location);
        int r = EXIT_REFUSED;

        if (!table || !texts) {
                fail("Out of memory.");
        } else {
                table_row(table);
                table_text(table, 0, location->id);
                table_text(table, 1, location->customer);
                table_text(table, 2, location->name);
                table_text(table, 3, location->website);
                table_time(table, 4, location->created_usec);
                table_list(table, 5, texts, location->n_terminals);
                r = table_record(table);
        }
        texts_free(texts);
        return r;
}

int verb_location_show(struct request *request)
{
        _cleanup_(bo_location_freep) struct bo_location *location = NULL;
        int r = bo_location_get(request->bo, request->args[0], &location);

        return r == 0 ? show(request, location)
                      : fail_call(request, r, "Cannot show the location %s", request->args[0]);
}

int verb_location_edit(struct request *request)
{
        const char *id = request->args[0];
        int r;

        if (!(request->given & (OPTION_BIT(NAME) | OPTION_BIT(WEBSITE))))
                return fail_usage("--name or --website is required.");
        r = bo_location_set_details(request->bo, id, request->value[OPTION_NAME],
                                    request->value[OPTION_WEBSITE]);
        if (r != 0)
                return fail_call(request, r, "Cannot change the location %s", id);
        tell(request, "Changed the location %s.", id);
        return EXIT_DONE;
}

int verb_location_bind(struct request *request)
{
        char **args = request->args;
        int r = bo_location_add_terminal(request->bo, args[0], args[1], args[2],
                                         request->value[OPTION_HOST]);

        if (r != 0)
                return fail_call(request, r, "Cannot bind the %s %s to %s", args[1], args[2],
                                 args[0]);
        tell(request, "Bound the %s %s to %s.", args[1], args[2], args[0]);
        return EXIT_DONE;
}

int verb_location_unbind(struct request *request)
{
        char **args = request->args;
        int r = bo_location_remove_terminal(request->bo, args[0], args[1], args[2],
                                            request->value[OPTION_HOST]);

        if (r != 0)
                return fail_call(request, r, "Cannot take the %s %s from %s", args[1], args[2],
                                 args[0]);
        tell(request, "The %s %s is no terminal of %s any more.", args[1], args[2], args[0]);
        return EXIT_DONE;
}

int verb_user_locations(struct request *request)
{
        const char *name = request->args[0], *customer = request->value[OPTION_CUSTOMER];
        bool all = request->given & OPTION_BIT(ALL);
        uint32_t uid;
        int r;

        if (all == (request->n_locations > 0))
                return fail_usage("Give either --location, once for each, or --all.");
        r = uid_of(request, name, &uid);
        if (r != EXIT_DONE)
                return r;
        r = bo_user_set_locations(request->bo, uid, customer, all ? NULL : request->locations);
        if (r != 0)
                return fail_call(request, r, "Cannot set the locations of %s in %s", name,
                                 customer);
        if (all)
                tell(request, "%s may act at all locations of %s.", name, customer);
        else
                tell(request, "%s may act at %zu location%s of %s alone.", name,
                     request->n_locations, request->n_locations == 1 ? "" : "s", customer);
        return EXIT_DONE;
}
