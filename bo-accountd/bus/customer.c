/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Customer interface: what its members and the operator see of a customer. */
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

static int id(sd_bus_message *reply, const void *object)
{
        const struct customer *customer = object;

        return sd_bus_message_append(reply, "s", customer->id);
}

static int alias(sd_bus_message *reply, const void *object)
{
        const struct customer *customer = object;

        return sd_bus_message_append(reply, "s", customer->alias);
}

static int created(sd_bus_message *reply, const void *object)
{
        const struct customer *customer = object;

        return sd_bus_message_append(reply, "t", customer->created_usec);
}

static const struct property table[] = {
        {"Id", "s", id},
        {"Alias", "s", alias},
        {"Created", "t", created},
};

struct customer_call {
        struct properties_call properties;
        char *id;
        struct customer customer;
};

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_call *call = userdata;
        int r = path_customer(sd_bus_message_get_path(message), &call->id);

        return r == 0 ? properties_parse(request, message, table, ELEMENTS(table),
                                         &call->properties)
                      : r;
}

static int run(struct op *op, void *userdata)
{
        struct customer_call *call = userdata;

        return op_customer_view(op, call->id, &call->customer);
}

static int reply(void *userdata, sd_bus_message *message)
{
        const struct customer_call *call = userdata;

        return properties_append(message, &call->properties, &call->customer);
}

static void clear(void *userdata)
{
        struct customer_call *call = userdata;

        free(call->id);
}

static const struct method method = {"Properties", QUEUE_OTHER, false, sizeof(struct customer_call),
                                     parse,        run,         reply, clear};

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return properties_wanted(message, BUS_NAME ".Customer")
                       ? request_start(userdata, message, &method)
                       : 0;
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        PROPERTY_OF_STORE("Id", "s"),
        PROPERTY_OF_STORE("Alias", "s"),
        PROPERTY_OF_STORE("Created", "t"),
        SD_BUS_VTABLE_END,
};

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        char *decoded = NULL;
        int r = path_customer(path, &decoded);

        (void)bus, (void)interface, (void)error; /* sd-bus's signature */
        free(decoded);
        *ret_found = userdata;
        return r == 0; /* whether it exists is told to those who may know it */
}

int customer_add(struct connection *connection)
{
        int r = sd_bus_add_fallback(connection->bus, NULL, BUS_ROOT "/customer", on_message,
                                    connection);

        return r < 0 ? r
                     : sd_bus_add_fallback_vtable(connection->bus, NULL, BUS_ROOT "/customer",
                                                  BUS_NAME ".Customer", vtable, find, connection);
}
