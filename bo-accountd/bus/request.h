/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A method call on its way: parse, ask who calls, run in a worker, reply. */
#pragma once

#include "bo-accountd/bus/bus.h"
#include "bo-accountd/worker.h"
#include "common/secret.h"

struct request;

/*
 * How a method is served. parse reads the arguments into the zeroed @call, which may point into the
 * message; it returns 0, a BO_ERR_* with a message, or < 0. run is called in a worker. reply
 * appends the results. clear frees what call holds.
 */
struct method {
        const char *member;
        enum queue queue;
        bool secret; /* private socket alone */
        size_t call_size;
        int (*parse)(struct request *request, void *call, sd_bus_message *message);
        int (*run)(struct op *op, void *call);
        int (*reply)(void *call, sd_bus_message *reply);
        void (*clear)(void *call);
};

struct request {
        struct job job;
        struct op op;
        struct request *next, *previous; /* of those in flight */
        struct connection *connection;
        struct settings_ref *settings;
        sd_bus_message *message;
        const struct method *method;
        enum queue queue;             /* of the method, unless parse says otherwise */
        const char *service, *source; /* that takes its turn with others; NULL: none, the actor */
        enum standing standing;
        int result;
        _Alignas(16) unsigned char call[];
};

/* Serves @message by @method. 1, or < 0: sd-bus answers then. */
int request_start(struct connection *connection, sd_bus_message *message,
                  const struct method *method);

/* The method of @message in @methods; serves it. For vtables. */
int request_dispatch(struct connection *connection, sd_bus_message *message,
                     const struct method *methods, size_t n_methods);

/* One key of an a{sv}: type 's' (const char *), 'b' (bool), 'u' (uint32_t), 't' (uint64_t), 'S'
 * (array of strings), 'Y' (struct secret *, of an `ay`; the call clears it). */
struct option {
        const char *key;
        char type;
        void *value;
        size_t *n;   /* 'S' */
        size_t room; /* 'S' */
        bool *given; /* where no value can stand for none; may be NULL */
};

/* Reads an a{sv}; BO_ERR_BAD_OPTION names an unknown key, a doubled one or one of another type. */
int options_read(struct request *request, sd_bus_message *message, const struct option *options,
                 size_t n_options);

/* A bounded `as`. */
int strings_read(struct request *request, sd_bus_message *message, const char **ret_strings,
                 size_t room, size_t *ret_n);

/* An `ay` as a secret; at most @most bytes or BO_ERR_BAD_VALUE. */
int secret_read(struct request *request, sd_bus_message *message, size_t most,
                struct secret **ret_secret);

/* The uid or id that the object path ends with; BO_ERR_NO_SUCH_USER, BO_ERR_NO_SUCH_CUSTOMER. */
int path_uid(const char *path, uint32_t *ret_uid);
int path_customer(const char *path, char **ret_id);
void path_of_user(char out[64], uint32_t uid);

struct user_view;
int user_append_roles(sd_bus_message *reply, const struct user_view *view);

/* The number of a row, as in paths and cursors: from 1 on, and no more than the store can hold. */
bool row_number_read(const char *text, uint64_t *ret_number);
/* Where a list goes on; 0 for an empty @cursor, the first page. BO_ERR_BAD_CURSOR. */
int cursor_read(const char *cursor, uint64_t *ret_row);

/* Limits of a page: 0 means the normal one; BO_ERR_BAD_VALUE. */
int limit_check(struct request *request, uint32_t *limit);
