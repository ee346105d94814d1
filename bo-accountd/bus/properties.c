/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties whose values come from the store: answered by a worker, before the vtable is asked. */
#include "bo-accountd/bus/properties.h"

#include "bo-accountd/bus/entry.h"
#include "bo-accountd/bus/request.h"

#include <errno.h>
#include <string.h>

int property_unreachable(sd_bus *bus, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void)bus, (void)path, (void)interface, (void)property;
        (void)reply, (void)userdata, (void)error; /* sd-bus's signature */
        return -EIO; /* the object callback has answered already; fails closed if it ever has not */
}

bool properties_wanted(sd_bus_message *message, const char *interface)
{
        const char *asked = NULL;
        int r;

        if (!sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") &&
            !sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "GetAll"))
                return false;
        r = sd_bus_message_read(message, "s", &asked);
        if (sd_bus_message_rewind(message, true) < 0 || r < 0)
                return false;
        return asked[0] == '\0' || strcmp(asked, interface) == 0;
}

int properties_parse(struct request *request, sd_bus_message *message, const struct property *table,
                     size_t n, struct properties_call *ret_call)
{
        bool one = sd_bus_message_is_method_call(message, NULL, "Get") > 0;
        const char *interface;
        int r = sd_bus_message_read(message, "s", &interface);

        *ret_call = (struct properties_call){.table = table, .n = n};
        if (r >= 0 && one)
                r = sd_bus_message_read(message, "s", &ret_call->name);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                if (!one || strcmp(table[i].name, ret_call->name) == 0)
                        return 0;
        return op_refuse(&request->op, BO_ERR_BAD_OPTION, "There is no property \"%.64s\".",
                         ret_call->name);
}

static int append_variant(sd_bus_message *reply, const struct property *property,
                          const void *object)
{
        int r = sd_bus_message_open_container(reply, 'v', property->type);

        if (r >= 0)
                r = property->append(reply, object);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int append_all(sd_bus_message *reply, const struct properties_call *call, const void *object)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                r = entry_open(reply, call->table[i].name, call->table[i].type);
                if (r >= 0)
                        r = call->table[i].append(reply, object);
                if (r >= 0)
                        r = entry_close(reply);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int properties_append(sd_bus_message *reply, const struct properties_call *call, const void *object)
{
        if (!call->name)
                return append_all(reply, call, object);
        for (size_t i = 0; i < call->n; i++)
                if (strcmp(call->table[i].name, call->name) == 0)
                        return append_variant(reply, &call->table[i], object);
        return -EINVAL;
}
