/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One client of the private socket, or the system bus as a whole: made, counted, closed. */
#include "bo-accountd/backup.h"
#include "bo-accountd/bus/bus_private.h"
#include "bo-accountd/metrics.h"
#include "common/log.h"

#include <string.h>

#define ANSWERS_UNREAD_MOST 64

struct connection *connection_new(struct bus *bus, bool private)
{
        struct connection *connection = calloc(1, sizeof(*connection));

        if (!connection)
                return NULL;
        connection->owner = bus;
        connection->private = private;
        connection->input_fd = -1;
        connection->references = 1;
        return connection;
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

void connection_close(struct connection *connection)
{
        struct bus *bus = connection->owner;

        if (connection->closed)
                return;
        connection->closed = true;
        connection->closing = sd_event_source_disable_unref(connection->closing);
        unfinished_forget(connection);
        logins_drop(connection);
        connection->backup = backup_unref(connection->backup);
        /* Not flushed: that would wait for a peer who does not read. */
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
                metric_take(&metrics.connections, 1);
        }
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

void connection_close_soon(struct connection *connection)
{
        int r = connection->closing
                        ? 0
                        : sd_event_add_defer(bus_daemon(connection->owner)->event,
                                             &connection->closing, close_later, connection);

        if (r < 0)
                log_line(LOG_ERR, "A closed connection cannot be cleaned up: %s.", strerror(-r));
}

bool connection_is_deaf(const struct connection *connection)
{
        uint64_t unread = 0;

        return sd_bus_get_n_queued_write(connection->bus, &unread) >= 0 &&
               unread > ANSWERS_UNREAD_MOST;
}
