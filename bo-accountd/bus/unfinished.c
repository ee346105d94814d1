/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages that are large, or have begun and do not end. sd-bus keeps room for all of a message, up
 * to 128 MiB, from its first bytes on, and knows no bound: without this, whoever may connect could
 * have the daemon killed for its memory.
 */
#include "bo-accountd/bus/bus_private.h"
#include "bo-accountd/metrics.h"
#include "common/clock.h"
#include "common/log.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define UNFINISHED_USEC (10 * USEC_PER_SEC) /* a local peer sends a message at once */
#define MESSAGE_MOST    (20u << 20)         /* of others than root; a row of an import has 16 */
#define MESSAGE_SMALL   (1u << 20)
#define WEIGH_USEC      (2 * USEC_PER_MSEC)
#define HELD_MOST       (UINT64_C(96) << 20) /* all that malloc has given out; some MiB as a rule */

static int unread(const struct connection *connection)
{
        int n = 0;

        return ioctl(connection->input_fd, FIONREAD, &n) < 0 ? 0 : n;
}

static uint32_t number(const unsigned char *bytes, bool big_endian)
{
        uint32_t raw;

        memcpy(&raw, bytes, sizeof(raw));
        return big_endian ? be32toh(raw) : le32toh(raw);
}

/* What its head claims, as the D-Bus specification has it ("Message Format"): the body, and the
 * fields before it. What does not look like a whole head may be anything. */
static uint64_t claimed(const struct connection *connection)
{
        unsigned char head[16];

        if (recv(connection->input_fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT) !=
                    (ssize_t)sizeof(head) ||
            (head[0] != 'l' && head[0] != 'B') || head[3] != 1)
                return MESSAGE_MOST;
        return (uint64_t)number(head + 4, head[0] == 'B') + number(head + 12, head[0] == 'B');
}

/* sd-bus reads up to the end of a message and no further, so what is unread begins one. */
static void begin(struct connection *connection, uint64_t now_usec)
{
        struct bus *bus = connection->owner;

        connection->begun_usec = now_usec;
        connection->arrivals = 1;
        connection->claimed = connection->uid != 0 ? claimed(connection) : 0;
        if (sd_event_source_get_enabled(bus->unfinished, NULL) != 0)
                return;
        if (sd_event_source_set_time(bus->unfinished, now_usec + UNFINISHED_USEC) < 0 ||
            sd_event_source_set_enabled(bus->unfinished, SD_EVENT_ONESHOT) < 0)
                log_line(LOG_WARNING, "Messages that do not end are not looked for.");
}

/* What has arrived at once may not have been looked at yet; it is no burden then. */
static bool is_burden(const struct connection *connection, uint64_t now_usec)
{
        if (connection->uid == 0)
                return false;
        return connection->begun_usec > 0
                       ? connection->arrivals > 1 || unread(connection) == 0
                       : connection->unsure_usec > 0 &&
                                 now_usec - connection->unsure_usec > USEC_PER_SEC;
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

static bool is_too_much_held(void)
{
        struct mallinfo2 info = mallinfo2();

        return info.uordblks + info.hblkhd > HELD_MOST;
}

/* Small messages come whole, so whoever logs in meanwhile is not met. @but is in its own dispatch.
 * Is there still too much? */
static bool shed(struct bus *bus, const struct connection *but)
{
        uint64_t now_usec = clock_monotonic_usec();
        struct connection *next;

        if (!is_too_much_held())
                return false;
        for (struct connection *c = bus->clients; c; c = next) {
                next = c->next;
                if (c != but && is_burden(c, now_usec))
                        drop(c, now_usec, "messages that have not ended take too much memory");
        }
        return is_too_much_held();
}

static bool is_too_large(const struct connection *connection)
{
        return connection->aligned && connection->claimed > MESSAGE_MOST;
}

/* Comes before sd-bus reads, once for what has arrived. */
static int on_arrival(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct connection *connection = userdata;
        struct bus *bus = connection->owner;
        uint64_t now_usec = clock_monotonic_usec();

        (void)source, (void)fd, (void)events; /* sd-event's signature */
        if (connection->begun_usec == 0 && unread(connection) == 0) {
                /* sd-bus has it, as the end of a message; in the greeting it may be a begin. */
                if (!connection->aligned)
                        connection->unsure_usec = now_usec;
                return 0;
        }
        if (connection->begun_usec == 0)
                begin(connection, now_usec);
        else
                connection->arrivals++;
        if (is_too_large(connection))
                drop(connection, now_usec, "it is too large");
        else if (now_usec - bus->weighed_usec >= WEIGH_USEC && !shed(bus, NULL))
                bus->weighed_usec = now_usec;
        return 0;
}

bool unfinished_end(struct connection *connection)
{
        bool large = connection->claimed > MESSAGE_SMALL;

        connection->begun_usec = 0;
        connection->unsure_usec = 0;
        connection->claimed = 0;
        connection->aligned = connection->greeted;
        if (connection->input && unread(connection) > 0)
                begin(connection, clock_monotonic_usec()); /* the next is there already */
        return (large && shed(connection->owner, connection)) || is_too_large(connection);
}

/* While something is unread sd-bus is woken, and takes first what it holds. */
bool unfinished_waits(const struct connection *connection)
{
        return unread(connection) > 0;
}

bool unfinished_greeted(struct connection *connection)
{
        connection->greeted = true;
        return connection->uid != 0 && shed(connection->owner, connection);
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
                if (unread(c) > 0)
                        c->begun_usec = now_usec; /* it was not he who was slow */
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
