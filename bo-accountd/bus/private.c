/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The private socket: who is let in, and what is ready for him. */
#include "bo-accountd/bus/bus_private.h"

#include "bo-accountd/metrics.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-id128.h>

#define CONNECTIONS_MOST         900 /* below the descriptor limit, whoever asks */
#define CONNECTIONS_OF_USER_MOST 8   /* of one uid that is not root */
#define CONNECTIONS_OF_HOST_MOST                                                                   \
        256                  /* of one uid of the host: a database has one for each login          \
                              */
#define READ_AHEAD_MOST 1024 /* messages; no greeting is read with more behind it */

/*
 * busctl greets whatever it connects to like a bus. Answering it lets an administrator use the
 * private socket with `busctl --address=`; the name means nothing.
 */
int private_on_hello(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error; /* the same for everybody */
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus", "Hello"))
                return sd_bus_reply_method_return(message, "s", ":1.1");
        return 0;
}

static void greeted(struct connection *connection)
{
        (void)unfinished_end(connection); /* of the greeting */
        for (int i = 0; i < READ_AHEAD_MOST && !unfinished_waits(connection); i++)
                if (sd_bus_process(connection->bus, NULL) <= 0)
                        break; /* if it failed, the Disconnected that follows is the answer */
        if (unfinished_greeted(connection))
                connection_close_soon(connection);
}

/*
 * A client that waits for the end of the greeting, as libdbus does, may have its first call read
 * together with it. No descriptor tells of what sd-bus holds already: it is fetched here, once. One
 * source for all: sources of their own would be walked one by one after every event.
 */
static int on_greeting(sd_event_source *source, void *userdata)
{
        struct bus *bus = userdata;
        bool waiting = false;

        for (struct connection *c = bus->clients; c; c = c->next)
                if (!c->greeted && sd_bus_is_ready(c->bus) > 0)
                        greeted(c);
                else
                        waiting |= !c->greeted;
        return sd_event_source_set_enabled(source, waiting ? SD_EVENT_ON : SD_EVENT_OFF);
}

static int connection_make(struct bus *bus, struct connection **ret_connection)
{
        struct connection *connection = connection_new(bus, true);
        int r = connection ? sd_bus_new(&connection->bus) : -ENOMEM;

        if (r >= 0)
                r = sd_bus_set_description(connection->bus, "private");
        if (r >= 0) /* that would wait, at the end, for a peer who says nothing or does not read */
                r = sd_bus_set_close_on_exit(connection->bus, false);
        if (r >= 0) /* nothing here takes a descriptor: who sends one anyway is cut off */
                r = sd_bus_negotiate_fds(connection->bus, 0);
        if (r >= 0)
                r = bus_add_login(connection);
        if (r < 0) {
                connection_unref(connection);
                return r;
        }
        *ret_connection = connection;
        return 0;
}

static int serve(struct connection *connection, int fd)
{
        sd_id128_t id;
        int r = sd_bus_set_fd(connection->bus, fd, fd);

        if (r < 0) {
                close(fd);
                return r;
        }
        /* sd-bus owns fd from here on, also if what follows fails. */
        r = sd_id128_randomize(&id);
        if (r >= 0)
                r = sd_bus_set_server(connection->bus, 1, id);
        if (r >= 0)
                r = sd_bus_start(connection->bus);
        if (r >= 0)
                r = sd_bus_attach_event(connection->bus, connection->owner->daemon->event, 0);
        if (r >= 0)
                r = sd_event_source_set_enabled(connection->owner->greeting, SD_EVENT_ON);
        if (r >= 0)
                r = unfinished_watch(connection, fd);
        return r;
}

static bool too_many_of(const struct bus *bus, uid_t uid)
{
        unsigned most = uid_is_of_host(uid) ? CONNECTIONS_OF_HOST_MOST : CONNECTIONS_OF_USER_MOST;
        unsigned of_user = 0;

        for (const struct connection *c = bus->clients; uid != 0 && c; c = c->next)
                of_user += c->uid == uid;
        return of_user >= most;
}

/* Who has been silent for longest, with nothing under way, makes room: nobody can fill the place
 * for good, and a login that is being talked to stays. */
static bool make_room(struct bus *bus)
{
        struct connection *oldest = NULL;

        for (struct connection *c = bus->clients; c; c = c->next)
                if (c->in_flight == 0 && (!oldest || c->used_usec < oldest->used_usec))
                        oldest = c;
        if (!oldest)
                return false;
        connection_close(oldest);
        return true;
}

static int admit(struct bus *bus, int fd)
{
        struct connection *connection = NULL;
        struct ucred peer;
        socklen_t size = sizeof(peer);
        int r;

        /* Who it is comes from the kernel, or nobody comes in. */
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
            too_many_of(bus, peer.uid) || (bus->n_clients >= CONNECTIONS_MOST && !make_room(bus))) {
                metric_add(&metrics.refused, 1);
                close(fd);
                return -ECONNREFUSED;
        }
        r = connection_make(bus, &connection);
        if (r < 0) {
                connection_unref(connection);
                close(fd);
                return r;
        }
        connection->uid = peer.uid;
        connection->pid = peer.pid;
        connection->used_usec = clock_monotonic_usec();
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
        metric_add(&metrics.connections, 1);
        metric_add(&metrics.connected, 1);
        return 0;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        (void)source, (void)events; /* sd-event's signature */

        if (client < 0) { /* he went away; or descriptors are short, and he comes next */
                if (errno == EMFILE || errno == ENFILE)
                        make_room(userdata);
                return 0;
        }

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
        r = sd_event_add_post(bus->daemon->event, &bus->greeting, on_greeting, bus);
        if (r >= 0)
                r = unfinished_start(bus);
        return r < 0 ? r
                     : sd_event_add_io(bus->daemon->event, &bus->listener, fd, EPOLLIN, on_client,
                                       bus);
}
