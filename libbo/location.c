/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Locations of customers, their terminals, and who is restricted to them. */
#include <errno.h>

#include "libbo/page.h"

#define BO_LOCATION "org.backoffice.Accounts1.Location"

static const struct field location_fields[] = {
        {"Id", FIELD_STRING, offsetof(struct bo_location, id), 0},
        {"Customer", FIELD_STRING, offsetof(struct bo_location, customer), 0},
        {"Name", FIELD_STRING, offsetof(struct bo_location, name), 0},
        {"Website", FIELD_STRING, offsetof(struct bo_location, website), 0},
        {"Created", FIELD_U64, offsetof(struct bo_location, created_usec), 0},
        {"Terminals", FIELD_TERMINALS, offsetof(struct bo_location, terminals),
         offsetof(struct bo_location, n_terminals)},
};

static const struct record location_record = {location_fields, ELEMENTS(location_fields),
                                              sizeof(struct bo_location)};

IS_PAGE(struct bo_location_page);

int bo_location_create(bo *client, const char *id, const char *customer, const char *name,
                       const char *website)
{
        const struct text_option options[] = {
                {"Id", id}, {"Customer", customer}, {"Name", name}, {"Website", website}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "CreateLocation", false);

        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        return r < 0 ? r : call_send(client, call, NULL);
}

int bo_location_search(bo *client, const char *customer, const char *text, const char *cursor,
                       uint32_t limit, struct bo_location_page **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "SearchLocations", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "ss", customer ? customer : "", text ? text : "");
        if (r >= 0)
                r = call_page(client, call, &location_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_location_page *bo_location_page_free(struct bo_location_page *page)
{
        return page_free(&location_record, page);
}

/* As call_new(), of a method of the location @id. */
static int call_new_location(bo *client, sd_bus_message **ret_call, const char *id,
                             const char *interface, const char *member)
{
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(BO_PATH "/location", id, &path);

        return r < 0 ? errno_fold(r) : call_new(client, ret_call, path, interface, member, false);
}

struct bo_location *bo_location_free(struct bo_location *location)
{
        if (location)
                record_clear(&location_record, location);
        free(location);
        return NULL;
}

DEFINE_CLEANUP(struct bo_location *, bo_location_free)

int bo_location_get(bo *client, const char *id, struct bo_location **ret_location)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_location_freep) struct bo_location *location = calloc(1, sizeof(*location));
        int r;

        if (!location)
                return -ENOMEM;
        r = call_new_location(client, &call, id, BO_PROPERTIES, "GetAll");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", BO_LOCATION);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        if (r == 0)
                r = record_read(reply, &location_record, location);
        if (r == 0)
                *ret_location = TAKE_PTR(location);
        return r;
}

int bo_location_set_details(bo *client, const char *id, const char *name, const char *website)
{
        const struct text_option options[] = {{"Name", name}, {"Website", website}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_location(client, &call, id, BO_LOCATION, "SetDetails");

        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        return r < 0 ? r : call_send(client, call, NULL);
}

static int call_terminal(bo *client, const char *id, const char *member, const char *kind,
                         const char *value, const char *host)
{
        const struct text_option options[] = {{"Kind", kind}, {"Value", value}, {"Host", host}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_location(client, &call, id, BO_LOCATION, member);

        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        return r < 0 ? r : call_send(client, call, NULL);
}

int bo_location_add_terminal(bo *client, const char *id, const char *kind, const char *value,
                             const char *host)
{
        return call_terminal(client, id, "AddTerminal", kind, value, host);
}

int bo_location_remove_terminal(bo *client, const char *id, const char *kind, const char *value,
                                const char *host)
{
        return call_terminal(client, id, "RemoveTerminal", kind, value, host);
}

int bo_user_set_locations(bo *client, uint32_t uid, const char *customer,
                          const char *const *locations)
{
        static const char *const none[] = {NULL};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_user(client, &call, uid, "SetLocations", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", customer);
        if (r >= 0)
                r = append_strings(call, locations ? locations : none);
        if (r >= 0)
                r = locations ? sd_bus_message_append(call, "a{sv}", 0)
                              : sd_bus_message_append(call, "a{sv}", 1, "Restricted", "b", 0);
        return r < 0 ? r : call_send(client, call, NULL);
}
