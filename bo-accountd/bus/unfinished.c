/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages that have begun and do not end. sd-bus keeps room for all of a message, up to 128 MiB,
 * from its first bytes on, and knows no bound: without this, whoever may connect could have the
 * daemon killed for its memory.
 */
#include "bo-accountd/bus/bus_private.h"
#include "bo-accountd/metrics.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define UNFINISHED_USEC (10 * USEC_PER_SEC) /* a local peer sends a message at once */
#define WEIGH_USEC      (2 * USEC_PER_MSEC)
#define HELD_MOST       (UINT64_C(96) << 20) /* all that malloc has given out; some MiB as a rule */

static int unread(const struct connection *connection)
{
        int n = 0;

        return ioctl(connection->input_fd, FIONREAD, &n) < 0 ? 0 : n;
}

static void begin(struct connection *connection, uint64_t now_usec)
{
        struct bus *bus = connection->owner;

        connection->begun_usec = now_usec;
        connection->arrivals = 1;
        if (sd_event_source_get_enabled(bus->unfinished, NULL) != 0)
                return;
        if (sd_event_source_set_time(bus->unfinished, now_usec + UNFINISHED_USEC) < 0 ||
            sd_event_source_set_enabled(bus->unfinished, SD_EVENT_ONESHOT) < 0)
                log_line(LOG_WARNING, "Messages that do not end are not looked for.");
}

/* What has arrived at once may not have been looked at yet; it is no burden then. */
static bool is_burden(const struct connection *connection)
{
        return connection->begun_usec > 0 && connection->uid != 0 &&
               (connection->arrivals > 1 || unread(connection) == 0);
}

/* Told once a minute, and counted each time: he may come again at once. */
static void drop(struct connection *connection, uint64_t now_usec, const char *why)
{
        struct bus *bus = connection->owner;

        if (bus->cut_told_usec == 0 || now_usec - bus->cut_told_usec >= USEC_PER_MIN) {
                bus->cut_told_usec = now_usec;
                log_line(LOG_NOTICE,
                         "A client of uid %u was cut off in the midst of a message: %s.",
                         connection->uid, why);
        }
        metric_add(&metrics.refused, 1);
        connection_close(connection);
}

/* Small messages come whole, so whoever logs in meanwhile is not met. */
static void shed(struct bus *bus, uint64_t now_usec)
{
        struct mallinfo2 info;
        struct connection *next;

        if (now_usec - bus->weighed_usec < WEIGH_USEC)
                return;
        bus->weighed_usec = now_usec;
        info = mallinfo2();
        if (info.uordblks + info.hblkhd <= HELD_MOST)
                return;
        for (struct connection *c = bus->clients; c; c = next) {
                next = c->next;
                if (is_burden(c))
                        drop(c, now_usec, "messages that have not ended take too much memory");
        }
}

/* Comes before sd-bus reads, once for what has arrived. */
static int on_arrival(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct connection *connection = userdata;
        uint64_t now_usec = clock_monotonic_usec();

        (void)source, (void)fd, (void)events; /* sd-event's signature */
        if (connection->begun_usec == 0 && unread(connection) == 0)
                return 0; /* sd-bus has it all: it came in pieces, and one was before us */
        if (connection->begun_usec == 0)
                begin(connection, now_usec);
        else
                connection->arrivals++;
        shed(connection->owner, now_usec);
        return 0;
}

void unfinished_end(struct connection *connection)
{
        connection->begun_usec = 0;
        if (connection->input && unread(connection) > 0)
                begin(connection, clock_monotonic_usec()); /* the next is there already */
}

void unfinished_greeted(struct connection *connection)
{
        struct mallinfo2 info;

        if (connection->uid == 0)
                return;
        info = mallinfo2();
        if (info.uordblks + info.hblkhd > HELD_MOST)
                connection_close_soon(connection);
}

/* Of all: few are in the midst of something, and this comes once in ten seconds at most. */
static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct bus *bus = userdata;
        uint64_t now_usec = clock_monotonic_usec(), oldest_usec = 0;
        struct connection *next;

        (void)usec; /* it may have been a while ago */
        for (struct connection *c = bus->clients; c; c = next) {
                next = c->next;
                if (c->begun_usec == 0)
                        continue;
                if (c->begun_usec + UNFINISHED_USEC <= now_usec)
                        drop(c, now_usec, "it did not end");
                else if (oldest_usec == 0 || c->begun_usec < oldest_usec)
                        oldest_usec = c->begun_usec;
        }
        if (oldest_usec == 0)
                return 0;
        return sd_event_source_set_time(source, oldest_usec + UNFINISHED_USEC) < 0
                       ? 0
                       : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int unfinished_start(struct bus *bus)
{
        int r = sd_event_add_time(bus->daemon->event, &bus->unfinished, CLOCK_MONOTONIC, 0,
                                  USEC_PER_SEC, on_time, bus);

        return r < 0 ? r : sd_event_source_set_enabled(bus->unfinished, SD_EVENT_OFF);
}

void unfinished_forget(struct connection *connection)
{
        connection->begun_usec = 0;
        connection->input = sd_event_source_disable_unref(connection->input);
        closep(&connection->input_fd);
        connection->input_fd = -1;
}

/* A descriptor of its own: an event loop takes each once. */
int unfinished_watch(struct connection *connection, int fd)
{
        int r;

        connection->input_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
        if (connection->input_fd < 0)
                return -errno;
        r = sd_event_add_io(connection->owner->daemon->event, &connection->input,
                            connection->input_fd, EPOLLIN | EPOLLET, on_arrival, connection);
        if (r >= 0)
                r = sd_event_source_set_priority(connection->input, SD_EVENT_PRIORITY_IMPORTANT);
        if (r < 0)
                unfinished_forget(connection);
        return r;
}
