/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of bus/ share about doors and connections. */
#pragma once

#include "bo-accountd/bus/bus.h"

struct request;

struct bus {
        struct daemon *daemon;
        sd_event_source *listener;
        sd_event_source *rejoin;
        int listen_fd;
        struct connection *clients;
        unsigned n_clients;
        sd_event_source *greeting;
        struct connection *system;
        struct request *requests; /* in flight, of whoever */
        uint64_t signals_lost;    /* since the system bus takes no more */
        sd_event_source
                *unfinished;    /* a message that has begun and does not end; off while all do */
        uint64_t weighed_usec;  /* when memory was last looked at; CLOCK_MONOTONIC */
        uint64_t cut_told_usec; /* when somebody who was cut off was last told of */
        bool stopping;
};

struct connection *connection_new(struct bus *bus, bool private);

/* Ends the connection for its peer; requests that still run keep the struct until they are done. */
void connection_close(struct connection *connection);

/* The same from within a dispatch of its own, at the next turn of the loop. */
void connection_close_soon(struct connection *connection);

/* Does the peer send calls and read no answers? Then sd-bus would keep them for ever. */
bool connection_is_deaf(const struct connection *connection);

/* Sees to it that messages end, and are of a size. */
int unfinished_start(struct bus *bus);
int unfinished_watch(struct connection *connection, int fd);
void unfinished_forget(struct connection *connection);

/* A message of @connection has come to its end: is he to be cut off, for this one or the next? */
bool unfinished_end(struct connection *connection);

/* Is there something of @connection that sd-bus has not read? */
bool unfinished_waits(const struct connection *connection);

/* What came with his greeting may have begun a large message, and nothing tells: is he to be cut
 * off? */
bool unfinished_greeted(struct connection *connection);

/* Of the host itself, as those of web servers and databases are: below all that people and bo have.
 */
static inline bool uid_is_of_host(uid_t uid)
{
        return uid < 1000;
}

/* Answers the greeting of a client that takes the private socket for a bus. */
int private_on_hello(sd_bus_message *message, void *userdata, sd_bus_error *error);
