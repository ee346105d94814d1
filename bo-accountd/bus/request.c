/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A method call on its way: parse, ask who calls, run in a worker, reply. */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/bus/bus_private.h"

#include "bo-accountd/metrics.h"
#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <string.h>

static int request_refuse(sd_bus_message *message, int error, const char *text)
{
        char name[96];

        snprintf(name, sizeof(name), BUS_ERRORS "%s", bo_error_name(error));
        return sd_bus_reply_method_errorf(message, name, "%s",
                                          text && text[0] ? text : bo_error_text(error));
}

/* One user's calls must not keep the others waiting: root's come from logins, and are not bounded.
 * Programs of the host hold logins of many as well, where Callers= names them. */
static const unsigned of_user_most[QUEUE_COUNT] = {[QUEUE_HASH] = 2, [QUEUE_OTHER] = 16};
static const unsigned of_host_most[QUEUE_COUNT] = {[QUEUE_HASH] = 64, [QUEUE_OTHER] = 256};

static bool too_many_of_actor(const struct request *request)
{
        enum queue queue = request->method->queue;
        uid_t uid = request->op.actor_uid;
        const unsigned *most = uid_is_of_host(uid) ? of_host_most : of_user_most;
        unsigned n = 0;

        if (uid == 0)
                return false;
        for (const struct request *r = request->connection->owner->requests; r; r = r->next)
                n += r != request && r->method->queue == queue && r->op.actor_uid == uid;
        return n >= most[queue];
}

static void request_link(struct request *request)
{
        struct bus *bus = request->connection->owner;

        request->connection->in_flight++;
        request->connection->used_usec = clock_monotonic_usec();
        request->next = bus->requests;
        if (bus->requests)
                bus->requests->previous = request;
        bus->requests = request;
}

static void request_unlink(struct request *request)
{
        struct bus *bus = request->connection->owner;

        request->connection->in_flight--;
        if (request->previous)
                request->previous->next = request->next;
        else
                bus->requests = request->next;
        if (request->next)
                request->next->previous = request->previous;
}

static void request_free(struct request *request)
{
        request_unlink(request);
        if (request->method->clear)
                request->method->clear(request->call);
        explicit_bzero(request->call, request->method->call_size);
        sd_bus_message_unref(request->message);
        connection_unref(request->connection);
        settings_ref_drop(request->settings);
        op_clear(&request->op);
        free(request);
}

static struct request *request_new(struct connection *connection, sd_bus_message *message,
                                   const struct method *method)
{
        struct daemon *daemon = bus_daemon(connection->owner);
        struct request *request = calloc(1, sizeof(*request) + method->call_size);

        if (!request)
                return NULL;
        request->method = method;
        request->queue = method->queue;
        request->message = sd_bus_message_ref(message);
        request->connection = connection_ref(connection);
        request->settings = settings_ref_take(daemon->settings);
        request->op.settings = request->settings->settings;
        request->op.sources = daemon->sources;
        request->op.publisher = daemon->publisher;
        request->op.boot = daemon->boot;
        request->op.actor_uid = (uid_t)-1; /* nobody, until it is known */
        request_link(request);
        return request;
}

/* Nothing is answered, a refusal neither, before what was charged for it is on the disk (R38). */
static int run_durably(struct request *request, struct store *store)
{
        int result = request->method->run(&request->op, request->call);
        int flushed = store_flush(store);

        return flushed < 0 ? flushed : result;
}

static int request_run(struct job *job, struct store *store, int store_error)
{
        struct request *request = (struct request *)job;

        request->op.store = store;
        request->op.keys = job->keys->keys;
        request->op.clock_usec = clock_realtime_usec();
        request->result = store ? run_durably(request, store) : store_error;
        request->op.endings = store && store_take_endings(store);
        op_drop_undone(&request->op, request->result);
        op_write_notes(&request->op);
        return request->result;
}

static bool is_gone(int r)
{
        return r == -ENOTCONN || r == -ECONNRESET || r == -EPIPE;
}

static int fill_reply(struct request *request, sd_bus_message *reply)
{
        int r = request->method->secret ? sd_bus_message_sensitive(reply) : 0;

        return r >= 0 && request->method->reply ? request->method->reply(request->call, reply) : r;
}

/* What the bus does not take as an answer (no UTF-8 in a damaged row, too long) is told: who calls
 * must not wait until his time is over. */
static int send_reply(struct request *request)
{
        sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(request->message, &reply);

        if (r >= 0)
                r = fill_reply(request, reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        if (r < 0 && !is_gone(r) &&
            request_refuse(request->message, BO_ERR_UNAVAILABLE,
                           "It is done, but the answer cannot be sent.") < 0)
                r = -ENOTCONN;
        sd_bus_message_unref(reply);
        return r;
}

/* No answer from the store is told as such, and to the log with its reason. */
static int send_unavailable(struct request *request)
{
        log_event(LOG_ERR,
                  &(struct log_event){.event = "store-unavailable",
                                      .detail = strerror(-request->result)},
                  "%s could not be served: %s.", request->method->member,
                  strerror(-request->result));
        return request_refuse(request->message, BO_ERR_UNAVAILABLE, NULL);
}

static void answer_count(const struct request *request, enum metrics_answer answer)
{
        metric_add(&metrics.requests[request->queue][answer], 1);
}

static void request_done(struct job *job)
{
        struct request *request = (struct request *)job;
        struct daemon *daemon = bus_daemon(request->connection->owner);
        int r;

        answer_count(request, request->result < 0   ? METRICS_UNAVAILABLE
                              : request->result > 0 ? METRICS_REFUSED
                                                    : METRICS_ANSWERED);
        daemon_store_state(daemon, request->result < 0 ? request->result : 0);
        if (request->result < 0)
                r = send_unavailable(request);
        else if (request->result > 0)
                r = request_refuse(request->message, request->result, request->op.message);
        else
                r = send_reply(request);
        /* A caller who is gone is no concern; what he asked for is done and recorded. */
        if (r < 0 && !is_gone(r))
                log_line(LOG_WARNING, "The answer to %s could not be sent: %s.",
                         request->method->member, strerror(-r));
        bus_send_signals(request->connection->owner, &request->op);
        if (request->op.keys_changed)
                daemon_keys_changed(daemon);
        if (request->op.endings)
                bus_tell_endings(request->connection->owner);
        bus_tell_of_mail(request->connection->owner, &request->op); /* a refusal may have locked */
        if (request->result == 0 && request->op.wish.wished)
                daemon_grant_reset(daemon, &request->op.wish);
        request_free(request);
        daemon_tend_snapshot(daemon);
        daemon_settle_later(daemon);
        daemon_idle(daemon);
}

static struct job request_job(const struct request *request, const struct source_table *sources)
{
        char actor[24];

        snprintf(actor, sizeof(actor), "uid=%u", request->op.actor_uid);
        return (struct job){
                .run = request_run,
                .done = request_done,
                .service = (uint32_t)source_table_hash(sources,
                                                       request->service ? request->service : ""),
                .source = (uint32_t)source_table_hash(sources,
                                                      request->source ? request->source : actor),
                .standing = request->standing,
        };
}

static int request_submit(struct request *request)
{
        struct daemon *daemon = bus_daemon(request->connection->owner);
        int r;

        request->job = request_job(request, daemon->sources);
        request->op.key_file = daemon->key_file;
        request->op.keys_from_credential = daemon->key_credential != NULL;
        request->op.keys_settled = workers_keys_settled(daemon->workers);
        r = too_many_of_actor(request)
                    ? -EBUSY
                    : workers_submit(daemon->workers, request->queue, &request->job);
        if (r < 0) {
                answer_count(request, METRICS_BUSY);
                r = request_refuse(request->message, BO_ERR_BUSY, NULL);
                request_free(request);
        }
        return r;
}

/* Whatever goes wrong here is a refusal: who calls is not known. */
static int caller_known(sd_bus_message *answer, void *userdata, sd_bus_error *error)
{
        struct request *request = userdata;
        uint32_t uid;

        (void)error; /* of this callback's own making; not used */
        if (sd_bus_message_is_method_error(answer, NULL) ||
            sd_bus_message_read(answer, "u", &uid) < 0) {
                request_refuse(request->message, BO_ERR_NOT_ALLOWED,
                               "The caller is gone or unknown.");
                request_free(request);
                return 0;
        }
        request->op.actor_uid = uid;
        request_submit(request);
        return 0;
}

static int ask_caller(struct request *request)
{
        int r = sd_bus_call_method_async(
                sd_bus_message_get_bus(request->message), NULL, "org.freedesktop.DBus",
                "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixUser",
                caller_known, request, "s", sd_bus_message_get_sender(request->message));

        if (r < 0) {
                request_refuse(request->message, BO_ERR_NOT_ALLOWED, "The caller is unknown.");
                request_free(request);
        }
        return 1;
}

int request_start(struct connection *connection, sd_bus_message *message,
                  const struct method *method)
{
        struct request *request;
        int r;

        if (method->secret && !connection->private)
                return request_refuse(message, BO_ERR_PRIVATE_SOCKET_ONLY, NULL);
        if (bus_is_stopping(connection->owner))
                return request_refuse(message, BO_ERR_BUSY, "The account service is stopping.");
        if (method->secret) {
                r = sd_bus_message_sensitive(message);
                if (r < 0)
                        return r;
        }
        request = request_new(connection, message, method);
        if (!request)
                return -ENOMEM;
        r = method->parse ? method->parse(request, request->call, message) : 0;
        if (r != 0) {
                r = r > 0 ? request_refuse(message, r, request->op.message) : r;
                request_free(request);
                return r;
        }
        if (!connection->private)
                return ask_caller(request);
        request->op.actor_uid = connection->uid;
        r = request_submit(request);
        return r < 0 ? r : 1;
}

int request_dispatch(struct connection *connection, sd_bus_message *message,
                     const struct method *methods, size_t n_methods)
{
        const char *member = sd_bus_message_get_member(message);

        for (size_t i = 0; i < n_methods; i++)
                if (strcmp(methods[i].member, member) == 0)
                        return request_start(connection, message, &methods[i]);
        return -ENOSYS;
}
