/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two doors: the private socket and the system bus, with one object tree on both. */
#include "bo-accountd/bus/bus.h"

#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-id128.h>

#define CONNECTIONS_MOST         900 /* below the descriptor limit, whoever asks */
#define CONNECTIONS_OF_USER_MOST 32  /* of one uid that is not root */
#define REJOIN_USEC              (2 * USEC_PER_SEC)
#define READ_AHEAD_MOST          1024 /* messages; no greeting is read with more behind it */

struct bus {
        struct daemon *daemon;
        sd_event_source *listener;
        sd_event_source *rejoin;
        int listen_fd;
        struct connection *clients;
        unsigned n_clients;
        struct connection *spare; /* for the next client */
        sd_event_source *refill;
        struct connection *system;
        bool stopping;
};

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

struct connection *connection_ref(struct connection *connection)
{
        connection->references++;
        return connection;
}

/* Not inlined: gcc at -O3 takes the second of two references for a use after the free. */
__attribute__((noinline)) struct connection *connection_unref(struct connection *connection)
{
        if (!connection || --connection->references > 0)
                return NULL;
        sd_bus_unref(connection->bus);
        explicit_bzero(connection, sizeof(*connection));
        free(connection);
        return NULL;
}

/* Ends the connection for its peer; requests that still run keep the struct until they are done. */
static void connection_close(struct connection *connection)
{
        struct bus *bus = connection->owner;

        if (connection->closed)
                return;
        connection->closed = true;
        connection->greeting = sd_event_source_disable_unref(connection->greeting);
        connection->closing = sd_event_source_disable_unref(connection->closing);
        logins_drop(connection);
        sd_bus_flush(connection->bus);
        sd_bus_detach_event(connection->bus);
        sd_bus_close(connection->bus);
        if (connection->private) {
                if (connection->previous)
                        connection->previous->next = connection->next;
                else
                        bus->clients = connection->next;
                if (connection->next)
                        connection->next->previous = connection->previous;
                bus->n_clients--;
        }
        if (bus->refill)
                sd_event_source_set_enabled(bus->refill, SD_EVENT_ONESHOT);
        connection_unref(connection);
}

/* sd-bus must not be closed from within its own dispatch: the close waits for the next turn of the
 * loop. */
static int close_later(sd_event_source *source, void *userdata)
{
        (void)source; /* goes with the connection */
        connection_close(userdata);
        return 0;
}

static void connection_close_soon(struct connection *connection)
{
        int r = sd_event_add_defer(bus_daemon(connection->owner)->event, &connection->closing,
                                   close_later, connection);

        if (r < 0)
                log_line(LOG_ERR, "A closed connection cannot be cleaned up: %s.", strerror(-r));
}

/*
 * A client that waits for the end of the greeting, as libdbus does, may have its first call read
 * together with it. No descriptor tells of what sd-bus holds already: it is fetched here, once.
 */
static int on_greeted(sd_event_source *source, void *userdata)
{
        struct connection *connection = userdata;

        (void)source;
        if (sd_bus_is_ready(connection->bus) <= 0)
                return 0;
        connection->greeting = sd_event_source_disable_unref(connection->greeting);
        for (int i = 0; i < READ_AHEAD_MOST; i++)
                if (sd_bus_process(connection->bus, NULL) <= 0)
                        break; /* if it failed, the Disconnected that follows is the answer */
        return 0;
}

static int rejoin_later(struct bus *bus);

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct connection *connection = userdata;

        (void)error; /* a filter has nothing to answer */
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

/*
 * busctl greets whatever it connects to like a bus. Answering it lets an administrator use the
 * private socket with `busctl --address=`; the name means nothing.
 */
static int on_hello(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)userdata; /* the same for everybody */
        (void)error;
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello"))
                return sd_bus_reply_method_return(message, "s", ":1.1");
        return 0;
}

int bus_add_objects(struct connection *connection)
{
        int r = sd_bus_add_filter(connection->bus, NULL, on_disconnected, connection);

        if (r >= 0 && connection->private)
                r = sd_bus_add_object(connection->bus, NULL, "/org/freedesktop/DBus", on_hello,
                                      connection);
        if (r >= 0)
                r = manager_add(connection);
        if (r >= 0)
                r = login_add(connection);
        if (r >= 0)
                r = user_add(connection);
        if (r >= 0)
                r = customer_add(connection);
        return r;
}

static struct connection *connection_new(struct bus *bus, bool private)
{
        struct connection *connection = calloc(1, sizeof(*connection));

        if (!connection)
                return NULL;
        connection->owner = bus;
        connection->private = private;
        connection->references = 1;
        return connection;
}

/* All that does not depend on who comes. */
static int connection_prepare(struct bus *bus, struct connection **ret_connection)
{
        struct connection *connection = connection_new(bus, true);
        int r = connection ? sd_bus_new(&connection->bus) : -ENOMEM;

        if (r >= 0)
                r = sd_bus_set_description(connection->bus, "private");
        if (r >= 0)
                r = bus_add_objects(connection);
        if (r < 0) {
                connection_unref(connection);
                return r;
        }
        *ret_connection = connection;
        return 0;
}

/* Hanging up the object tree takes a tenth of a millisecond: it is done when a client has gone,
 * before the next one comes. */
static int on_refill(sd_event_source *source, void *userdata)
{
        struct bus *bus = userdata;

        (void)source;
        if (!bus->spare)
                (void)connection_prepare(bus, &bus->spare); /* else when the next one comes */
        return 0;
}

static int connection_take(struct bus *bus, struct connection **ret_connection)
{
        int r = bus->spare ? 0 : connection_prepare(bus, &bus->spare);

        if (r >= 0)
                *ret_connection = TAKE_PTR(bus->spare);
        return r;
}

static int serve(struct connection *connection, int fd)
{
        sd_id128_t id;
        int r = sd_bus_set_fd(connection->bus, fd,
                              fd); /* owns fd from here on, also if what follows fails */

        if (r < 0) {
                close(fd);
                return r;
        }
        r = sd_id128_randomize(&id);
        if (r >= 0)
                r = sd_bus_set_server(connection->bus, 1, id);
        if (r >= 0)
                r = sd_bus_start(connection->bus);
        if (r >= 0)
                r = sd_bus_attach_event(connection->bus, connection->owner->daemon->event, 0);
        if (r >= 0)
                r = sd_event_add_post(connection->owner->daemon->event, &connection->greeting,
                                      on_greeted, connection);
        return r;
}

static bool too_many(const struct bus *bus, uid_t uid)
{
        unsigned of_user = 0;

        if (bus->n_clients >= CONNECTIONS_MOST)
                return true;
        for (const struct connection *c = bus->clients; uid != 0 && c; c = c->next)
                of_user += c->uid == uid;
        return of_user >= CONNECTIONS_OF_USER_MOST;
}

static int admit(struct bus *bus, int fd)
{
        struct connection *connection = NULL;
        struct ucred peer;
        socklen_t size = sizeof(peer);
        int r;

        /* Who it is comes from the kernel, or nobody comes in. */
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || too_many(bus, peer.uid)) {
                close(fd);
                return -ECONNREFUSED;
        }
        r = connection_take(bus, &connection);
        if (r < 0) {
                connection_unref(connection);
                close(fd);
                return r;
        }
        connection->uid = peer.uid;
        r = serve(connection, fd);
        if (r < 0) {
                connection_unref(connection);
                return r;
        }
        connection->next = bus->clients;
        if (bus->clients)
                bus->clients->previous = connection;
        bus->clients = connection;
        bus->n_clients++;
        return 0;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        (void)source;
        (void)events;
        if (client < 0)
                return 0; /* it went away, or descriptors are short: the next one will tell */

        int r = admit(userdata, client);

        if (r < 0 && r != -ECONNREFUSED)
                log_line(LOG_WARNING, "A client of the private socket was not admitted: %s.",
                         strerror(-r));
        return 0;
}

int bus_listen(struct bus *bus, int fd)
{
        int r;

        bus->listen_fd = fd;
        r = sd_event_add_defer(bus->daemon->event, &bus->refill, on_refill, bus);
        if (r >= 0) /* after everything that somebody waits for */
                r = sd_event_source_set_priority(bus->refill, SD_EVENT_PRIORITY_IDLE);
        return r < 0 ? r
                     : sd_event_add_io(bus->daemon->event, &bus->listener, fd, EPOLLIN, on_client,
                                       bus);
}

static int on_name(sd_bus_message *answer, void *userdata, sd_bus_error *error)
{
        const sd_bus_error *refused = sd_bus_message_get_error(answer);

        (void)userdata;
        (void)error;
        if (refused)
                log_line(LOG_ERR, "The name " BUS_NAME " is not to be had on the system bus: %s",
                         refused->message);
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
                r = bus_add_objects(connection);
        if (r >= 0)
                r = sd_bus_request_name_async(connection->bus, NULL, BUS_NAME, 0, on_name, NULL);
        if (r >= 0)
                r = sd_bus_attach_event(connection->bus, bus->daemon->event, 0);
        if (r < 0) {
                connection_unref(connection);
                return r;
        }
        bus->system = connection;
        return 0;
}

static int on_rejoin(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct bus *bus = userdata;

        (void)usec;
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
        bus->refill = sd_event_source_disable_unref(bus->refill);
        bus->spare = connection_unref(bus->spare);
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
        bus->refill = sd_event_source_disable_unref(bus->refill);
        bus->spare = connection_unref(bus->spare);
        closep(&bus->listen_fd);
        free(bus);
        return NULL;
}

sd_bus *bus_system(struct bus *bus)
{
        return bus->system ? bus->system->bus : NULL;
}
