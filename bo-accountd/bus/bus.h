/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two doors: the private socket and the system bus, with one object tree on both. */
#pragma once

#include "bo-accountd/daemon.h"
#include "bo-accountd/ops/login.h"
#include "bo-accountd/ops/op.h"

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>

#define BUS_NAME   "org.backoffice.Accounts1"
#define BUS_ROOT   "/org/backoffice/Accounts1"
#define BUS_ERRORS BUS_NAME ".Error."

struct login_entry;

/* One client of the private socket, or the system bus as a whole. */
struct backup;

struct connection {
        struct bus *owner;
        sd_bus *bus;
        bool private;
        bool closed;
        uid_t uid;                /* of the peer; private only */
        pid_t pid;                /* of the peer when it connected; private only */
        bool hears_endings;       /* bo-sessiond: is woken when sessions have to end */
        bool greeted;             /* authenticated, and what came with that was read */
        bool has_objects;         /* the whole tree, not the Login interface alone */
        bool takes_mail;          /* he may, and did */
        bool told_of_mail;        /* since he took some */
        sd_event_source *closing; /* once he is gone */
        sd_event_source *input;   /* sees what arrives before sd-bus does; private only */
        int input_fd;
        unsigned arrivals;    /* of the message that comes */
        uint64_t begun_usec;  /* when it began to; 0: none does; CLOCK_MONOTONIC */
        uint64_t claimed;     /* bytes that it will have */
        uint64_t unsure_usec; /* when something came of which nobody knows whether it begins one */
        bool aligned;         /* what is unread begins a message: nothing is left of the greeting */
        struct backup *backup; /* that was begun here; it ends with the connection */
        unsigned references;
        unsigned in_flight; /* requests */
        uint64_t used_usec; /* when the last one came; CLOCK_MONOTONIC */
        struct connection *next, *previous;
        struct login_entry *logins;
        unsigned n_logins;
        struct login_proof proof; /* what was proven here, for the phases that follow … */
        char proof_service[64];   /* … of this service */
};

int bus_new(struct bus **ret_bus, struct daemon *daemon);
struct bus *bus_free(struct bus *bus);
struct daemon *bus_daemon(struct bus *bus);
sd_bus *bus_system(struct bus *bus); /* NULL while there is none */

/* Accepts clients on @fd, which it owns. */
int bus_listen(struct bus *bus, int fd);

/* Takes the name on the system bus; tries again for ever while there is none. */
int bus_join_system(struct bus *bus);

/* No new client, no new call is taken. */
void bus_stop_accepting(struct bus *bus);
bool bus_is_stopping(const struct bus *bus);

struct connection *connection_ref(struct connection *connection);
struct connection *connection_unref(struct connection *connection);

/* Sends what an operation left to be told, on the system bus. */
void bus_send_signals(struct bus *bus, const struct op *op);
void bus_signal_reload(struct bus *bus);

/* Wakes bo-sessiond. */
void bus_tell_endings(struct bus *bus);

/* Tells who delivers that there is mail, if @op queued some. */
void bus_tell_of_mail(struct bus *bus, const struct op *op);

/* Hangs vtables on a connection: Login at once, the others when they are asked for. */
int bus_add_login(struct connection *connection);
int manager_add(struct connection *connection);
int login_add(struct connection *connection);
int sessions_add(struct connection *connection);
int user_add(struct connection *connection);
int customer_add(struct connection *connection);
int location_add(struct connection *connection);
int approval_add(struct connection *connection);
int mail_add(struct connection *connection);

/* Ends the logins of a connection that is gone. */
void logins_drop(struct connection *connection);
