/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two doors: the private socket and the system bus, with one object tree on both. */
#include "bo-accountd/bus/bus_private.h"

#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <string.h>

/* Answers to RequestName; D-Bus specification. */
#define NAME_OURS         1
#define NAME_OURS_ALREADY 4
#define REJOIN_USEC       (2 * USEC_PER_SEC)

struct daemon *bus_daemon(struct bus *bus)
{
        return bus->daemon;
}

bool bus_is_stopping(const struct bus *bus)
{
        return bus->stopping;
}

int bus_new(struct bus **ret_bus, struct daemon *daemon)
{
        struct bus *bus = calloc(1, sizeof(*bus));

        if (!bus)
                return -ENOMEM;
        bus->daemon = daemon;
        bus->listen_fd = -1;
        *ret_bus = bus;
        return 0;
}

static int rejoin_later(struct bus *bus);

static int bus_add_objects(struct connection *connection)
{
        int r = 0;

        connection->has_objects = true;
        if (connection->private)
                r = sd_bus_add_object(connection->bus, NULL, "/org/freedesktop/DBus",
                                      private_on_hello, connection);
        if (r >= 0)
                r = manager_add(connection);
        if (r >= 0)
                r = sessions_add(connection);
        if (r >= 0)
                r = user_add(connection);
        if (r >= 0)
                r = customer_add(connection);
        if (r >= 0)
                r = location_add(connection);
        if (r >= 0)
                r = approval_add(connection);
        if (r >= 0)
                r = mail_add(connection);
        return r;
}

/*
 * Hanging up and taking down the whole tree takes a quarter of a millisecond. Most connections are
 * those of pam_bo, which speak Login alone: the rest comes when somebody asks for it.
 */
static int add_what_is_asked_for(struct connection *connection, sd_bus_message *message)
{
        uint8_t type = 0;

        if (connection->has_objects || sd_bus_message_get_type(message, &type) < 0 ||
            type != SD_BUS_MESSAGE_METHOD_CALL ||
            sd_bus_message_is_method_call(message, BUS_NAME ".Login", NULL))
                return 0;
        return bus_add_objects(connection);
}

static int on_any_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct connection *connection = userdata;
        int r = add_what_is_asked_for(connection, message);

        (void)error; /* a filter has nothing to answer */
        if (unfinished_end(connection)) {
                connection_close_soon(connection);
                return 1;
        }
        if (r < 0) {
                log_line(LOG_ERR, "A connection has no objects: %s.", strerror(-r));
                connection_close_soon(connection);
                return 1;
        }
        if (connection->private && connection_is_deaf(connection)) {
                connection_close_soon(connection);
                return 1;
        }
        if (!sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", "Disconnected"))
                return 0;
        if (!connection->private) {
                connection->owner->system = NULL;
                log_line(LOG_WARNING, "The system bus is gone; the private socket stays open.");
                rejoin_later(connection->owner);
        }
        connection_close_soon(connection);
        return 0;
}

int bus_add_login(struct connection *connection)
{
        int r = sd_bus_add_filter(connection->bus, NULL, on_any_message, connection);

        return r < 0 ? r : login_add(connection);
}

/* Whatever is not the name: without it nobody would find bo here, so it is tried again. */
static int on_name(sd_bus_message *answer, void *userdata, sd_bus_error *error)
{
        struct connection *connection = userdata;
        const sd_bus_error *refused = sd_bus_message_get_error(answer);
        uint32_t outcome = 0;

        (void)error; /* of this callback's own making; not used */
        if (!refused && sd_bus_message_read(answer, "u", &outcome) >= 0 &&
            (outcome == NAME_OURS || outcome == NAME_OURS_ALREADY))
                return 0;
        log_line(LOG_ERR,
                 "The name " BUS_NAME " is not to be had on the system bus (%s); trying again.",
                 refused ? refused->message : "another program has it");
        connection->owner->system = NULL;
        connection_close_soon(connection);
        rejoin_later(connection->owner);
        return 0;
}

static int join(struct bus *bus)
{
        struct connection *connection = connection_new(bus, false);
        int r;

        if (!connection)
                return -ENOMEM;
        r = sd_bus_open_system_with_description(&connection->bus, "system");
        if (r >= 0)
                r = bus_add_login(connection);
        if (r >= 0)
                r = bus_add_objects(connection);
        if (r >= 0)
                r = sd_bus_request_name_async(connection->bus, NULL, BUS_NAME, 0, on_name,
                                              connection);
        if (r >= 0)
                r = sd_bus_attach_event(connection->bus, bus->daemon->event, 0);
        if (r < 0) {
                connection->bus = sd_bus_close_unref(connection->bus); /* what is queued holds it */
                connection_unref(connection);
                return r;
        }
        bus->system = connection;
        return 0;
}

static int on_rejoin(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct bus *bus = userdata;

        (void)usec; /* sd-event's signature */
        sd_event_source_disable_unref(source);
        bus->rejoin = NULL;
        return bus_join_system(bus);
}

static int rejoin_later(struct bus *bus)
{
        if (bus->stopping || bus->rejoin)
                return 0;
        return sd_event_add_time_relative(bus->daemon->event, &bus->rejoin, CLOCK_MONOTONIC,
                                          REJOIN_USEC, USEC_PER_SEC, on_rejoin, bus);
}

int bus_join_system(struct bus *bus)
{
        return join(bus) < 0 ? rejoin_later(bus) : 0;
}

void bus_stop_accepting(struct bus *bus)
{
        bus->stopping = true;
        bus->listener = sd_event_source_disable_unref(bus->listener);
        bus->rejoin = sd_event_source_disable_unref(bus->rejoin);
        bus->greeting = sd_event_source_disable_unref(bus->greeting);
        bus->unfinished = sd_event_source_disable_unref(bus->unfinished);
}

struct bus *bus_free(struct bus *bus)
{
        if (!bus)
                return NULL;
        bus_stop_accepting(bus);
        while (bus->clients)
                connection_close(bus->clients);
        if (bus->system)
                connection_close(bus->system);
        closep(&bus->listen_fd);
        free(bus);
        return NULL;
}

sd_bus *bus_system(struct bus *bus)
{
        return bus->system ? bus->system->bus : NULL;
}
