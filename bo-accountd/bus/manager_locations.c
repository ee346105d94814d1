/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: creating and searching locations. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/location.h"

#include <inttypes.h>

static int create_location_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct location_create *call = userdata;
        const struct option options[] = {{"Id", 's', &call->id},
                                         {"Customer", 's', &call->customer},
                                         {"Name", 's', &call->name},
                                         {"Website", 's', &call->website}};
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r == 0 && (!call->id || !call->customer || !call->name))
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION,
                              "Id, Customer and Name are required.");
        if (!call->website)
                call->website = "";
        return r;
}

static int create_location_run(struct op *op, void *call)
{
        return op_location_create(op, call);
}

static int create_location_reply(void *userdata, sd_bus_message *reply)
{
        const struct location_create *call = userdata;
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(BUS_ROOT "/location", call->id, &path);

        return r < 0 ? r : sd_bus_message_append(reply, "o", path);
}

static int search_locations_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct location_search *call = userdata;
        const char *cursor;
        int r = sd_bus_message_read(message, "sssu", &call->customer, &call->text, &cursor,
                                    &call->limit);

        if (r < 0)
                return r;
        r = cursor_read(cursor, &call->after);
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int search_locations_run(struct op *op, void *call)
{
        return op_location_search(op, call);
}

static int search_locations_reply(void *userdata, sd_bus_message *reply)
{
        const struct location_search *call = userdata;
        char next[24] = "";
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct location *location = &call->locations[i];

                r = sd_bus_message_append(reply, "a{sv}", 5, "Id", "s", location->id, "Customer",
                                          "s", location->customer, "Name", "s", location->name,
                                          "Website", "s", location->website, "Created", "t",
                                          location->created_usec);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (call->next != 0)
                snprintf(next, sizeof(next), "%" PRIu64, call->next);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void search_locations_clear(void *userdata)
{
        struct location_search *call = userdata;

        free(call->locations);
}

static const struct method methods[] = {
        {"CreateLocation", QUEUE_OTHER, false, sizeof(struct location_create),
         create_location_parse, create_location_run, create_location_reply, NULL},
        {"SearchLocations", QUEUE_OTHER, false, sizeof(struct location_search),
         search_locations_parse, search_locations_run, search_locations_reply,
         search_locations_clear},
};

int manager_on_locations(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
