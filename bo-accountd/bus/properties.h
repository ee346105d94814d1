/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties whose values come from the store: answered by a worker, before the vtable is asked. */
#pragma once

#include "bo-accountd/bus/bus.h"

/* In a vtable for introspection; the getter is never reached. */
#define PROPERTY_OF_STORE(name, type) SD_BUS_PROPERTY(name, type, property_unreachable, 0, 0)
int property_unreachable(sd_bus *bus, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error);

/* One property of a loaded object: appends its value. */
struct property {
        const char *name;
        const char *type;
        int (*append)(sd_bus_message *reply, const void *object);
};

/* What Get and GetAll asked for. */
struct properties_call {
        const char *name; /* NULL: all */
        const struct property *table;
        size_t n;
};

struct request;

/*
 * Reads the arguments of a Get or GetAll of @interface. An unknown property is BO_ERR_BAD_OPTION.
 */
int properties_parse(struct request *request, sd_bus_message *message, const struct property *table,
                     size_t n, struct properties_call *ret_call);
int properties_append(sd_bus_message *reply, const struct properties_call *call,
                      const void *object);

/* Is @message a Get or GetAll for @interface (or for all of them)? */
bool properties_wanted(sd_bus_message *message, const char *interface);

int user_properties_add(struct connection *connection);
