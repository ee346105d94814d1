/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Location interface: properties and verbs of one location. */
#include "bo-accountd/ops/location.h"
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"

#define LOCATION_TEXT(name, field)                                                                 \
        static int name(sd_bus_message *reply, const void *object)                                 \
        {                                                                                          \
                const struct location_view *view = object;                                         \
                                                                                                   \
                return sd_bus_message_append(reply, "s", view->location.field);                    \
        }

LOCATION_TEXT(id, id)
LOCATION_TEXT(customer, customer)
LOCATION_TEXT(name, name)
LOCATION_TEXT(website, website)

static int created(sd_bus_message *reply, const void *object)
{
        const struct location_view *view = object;

        return sd_bus_message_append(reply, "t", view->location.created_usec);
}

static int terminals(sd_bus_message *reply, const void *object)
{
        const struct location_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "(sss)");

        for (size_t i = 0; r >= 0 && i < view->n_terminals; i++)
                r = sd_bus_message_append(reply, "(sss)",
                                          terminal_kind_name(view->terminals[i].kind),
                                          view->terminals[i].host, view->terminals[i].value);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const struct property table[] = {
        {"Id", "s", id},           {"Customer", "s", customer}, {"Name", "s", name},
        {"Website", "s", website}, {"Created", "t", created},   {"Terminals", "a(sss)", terminals},
};

struct location_call {
        struct properties_call properties;
        char *id;
        struct location_view view;
        struct location_details details;
        struct location_terminal terminal;
};

static int path_location(const char *path, char **ret_id)
{
        int r = sd_bus_path_decode(path, BUS_ROOT "/location", ret_id);

        return r > 0 ? 0 : r < 0 ? r : BO_ERR_NO_SUCH_LOCATION;
}

static void clear(void *userdata)
{
        struct location_call *call = userdata;

        free(call->id);
        location_view_clear(&call->view);
}

static int properties_of_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct location_call *call = userdata;
        int r = path_location(sd_bus_message_get_path(message), &call->id);

        return r == 0 ? properties_parse(request, message, table, ELEMENTS(table),
                                         &call->properties)
                      : r;
}

static int properties_of_run(struct op *op, void *userdata)
{
        struct location_call *call = userdata;

        return op_location_view(op, call->id, &call->view);
}

static int properties_of_reply(void *userdata, sd_bus_message *message)
{
        const struct location_call *call = userdata;

        return properties_append(message, &call->properties, &call->view);
}

static const struct method properties_method = {"Properties",
                                                QUEUE_OTHER,
                                                false,
                                                sizeof(struct location_call),
                                                properties_of_parse,
                                                properties_of_run,
                                                properties_of_reply,
                                                clear};

static int on_properties(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return properties_wanted(message, BUS_NAME ".Location")
                       ? request_start(userdata, message, &properties_method)
                       : 0;
}

static int details_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct location_call *call = userdata;
        const struct option options[] = {{"Name", 's', &call->details.name},
                                         {"Website", 's', &call->details.website}};
        int r = path_location(sd_bus_message_get_path(message), &call->id);

        call->details.id = call->id;
        return r == 0 ? options_read(request, message, options, ELEMENTS(options)) : r;
}

static int details_run(struct op *op, void *userdata)
{
        const struct location_call *call = userdata;

        return op_location_set_details(op, &call->details);
}

static int terminal_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct location_call *call = userdata;
        const struct option options[] = {{"Kind", 's', &call->terminal.kind},
                                         {"Host", 's', &call->terminal.host},
                                         {"Value", 's', &call->terminal.value}};
        int r = path_location(sd_bus_message_get_path(message), &call->id);

        call->terminal.id = call->id;
        if (r == 0)
                r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0 && (!call->terminal.kind || !call->terminal.value))
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION, "Kind and Value are required.");
        return r;
}

static int add_terminal_run(struct op *op, void *userdata)
{
        const struct location_call *call = userdata;

        return op_location_add_terminal(op, &call->terminal);
}

static int remove_terminal_run(struct op *op, void *userdata)
{
        const struct location_call *call = userdata;

        return op_location_remove_terminal(op, &call->terminal);
}

#define CALL sizeof(struct location_call)

static const struct method methods[] = {
        {"SetDetails", QUEUE_OTHER, false, CALL, details_parse, details_run, NULL, clear},
        {"AddTerminal", QUEUE_OTHER, false, CALL, terminal_parse, add_terminal_run, NULL, clear},
        {"RemoveTerminal", QUEUE_OTHER, false, CALL, terminal_parse, remove_terminal_run, NULL,
         clear},
};

static int dispatch(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

#define OPEN SD_BUS_VTABLE_UNPRIVILEGED /* who may is decided by authorise(), not by sd-bus */

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        PROPERTY_OF_STORE("Id", "s"),
        PROPERTY_OF_STORE("Customer", "s"),
        PROPERTY_OF_STORE("Name", "s"),
        PROPERTY_OF_STORE("Website", "s"),
        PROPERTY_OF_STORE("Created", "t"),
        PROPERTY_OF_STORE("Terminals", "a(sss)"),
        SD_BUS_METHOD_WITH_ARGS("SetDetails", SD_BUS_ARGS("a{sv}", options), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("AddTerminal", SD_BUS_ARGS("a{sv}", terminal), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_METHOD_WITH_ARGS("RemoveTerminal", SD_BUS_ARGS("a{sv}", terminal), SD_BUS_NO_RESULT,
                                dispatch, OPEN),
        SD_BUS_VTABLE_END,
};

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        char *decoded = NULL;
        int r = path_location(path, &decoded);

        (void)bus, (void)interface, (void)error; /* sd-bus's signature */
        free(decoded);
        *ret_found = userdata;
        return r == 0; /* whether it exists is told to those who may know it */
}

int location_add(struct connection *connection)
{
        int r = sd_bus_add_fallback(connection->bus, NULL, BUS_ROOT "/location", on_properties,
                                    connection);

        return r < 0 ? r
                     : sd_bus_add_fallback_vtable(connection->bus, NULL, BUS_ROOT "/location",
                                                  BUS_NAME ".Location", vtable, find, connection);
}
