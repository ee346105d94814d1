/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Login interface: conversations of one connection, stepped in workers, dying with it. */
#include "bo-accountd/bus/proof.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/metrics.h"
#include "bo-accountd/ops/source.h"
#include "common/text.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define LOGINS_MOST      8 /* conversations of one connection at a time */
#define PROTOCOL_VERSION 1

struct login_entry {
        uint64_t id;
        struct login *login;
        bool busy;   /* a worker has it */
        bool orphan; /* its connection is gone: freed when the worker is done */
        struct login_entry *next;
};

/* How it ended, once for each login. */
static void entry_count(const struct login_entry *entry, int outcome)
{
        metrics_login(login_phase(entry->login), login_class(entry->login), outcome);
}

static struct login_entry *entry_free(struct login_entry *entry)
{
        if (entry)
                login_free(entry->login);
        free(entry);
        return NULL;
}

static struct login_entry *entry_find(struct connection *connection, uint64_t id)
{
        for (struct login_entry *entry = connection->logins; entry; entry = entry->next)
                if (entry->id == id)
                        return entry;
        return NULL;
}

static void entry_unlink(struct connection *connection, struct login_entry *entry)
{
        struct login_entry **link = &connection->logins;

        while (*link && *link != entry)
                link = &(*link)->next;
        if (!*link)
                return;
        *link = entry->next;
        connection->n_logins--;
}

static void entry_abandon(struct login_entry *entry)
{
        entry_count(entry, METRICS_ABANDONED);
        entry_free(entry);
}

void logins_drop(struct connection *connection)
{
        while (connection->logins) {
                struct login_entry *entry = connection->logins;

                entry_unlink(connection, entry);
                if (entry->busy)
                        entry->orphan = true; /* not looked into: it is the worker's */
                else
                        entry_abandon(entry);
        }
}

/* A call of this interface: what the worker does with which login. */
struct login_call {
        struct connection *connection;
        struct login_entry *entry;
        struct secret *answer;
        bool begins, cancels;
        int result;
};

static const char *kind_name(enum login_kind kind)
{
        switch (kind) {
        case LOGIN_SECRET:
                return "secret";
        case LOGIN_VISIBLE:
                return "visible";
        case LOGIN_INFO:
                return "info";
        case LOGIN_ERROR:
                return "error";
        case LOGIN_ENVIRONMENT:
                return "environment";
        case LOGIN_DONE:
                return "done";
        }
        return "error";
}

static int run(struct op *op, void *userdata)
{
        struct login_call *call = userdata;
        struct login *login = call->entry->login;

        if (!call->begins)
                call->result = call->cancels ? login_cancel(op, login)
                                             : login_step(op, login, call->answer);
        else if ((call->result = login_caller_may(op, login)) == 0)
                call->result = login_begin(op, login);
        return call->result;
}

static void remember(struct login_call *call)
{
        struct connection *connection = call->connection;
        struct login *login = call->entry->login;

        if (login_kind(login) != LOGIN_DONE || login_outcome(login) != 0)
                return;
        connection->proof = *login_proof(login);
        snprintf(connection->proof_service, sizeof(connection->proof_service), "%s",
                 login_service(login));
        /* For a session, which root alone opens: what others proved is no way in there. */
        if (login_is_auth(login) && connection->uid == 0)
                proof_keep(call->entry->id, login_proof(login));
}

static int reply(void *userdata, sd_bus_message *message)
{
        struct login_call *call = userdata;
        struct login *login = call->entry->login;

        remember(call);
        if (call->begins) {
                int r = sd_bus_message_append(message, "t", call->entry->id);

                if (r < 0)
                        return r;
        }
        return sd_bus_message_append(message, "ss", kind_name(login_kind(login)),
                                     login_text(login));
}

/* After each call: an ended login goes, one that was never begun as well; one that got no answer
 * may be tried again. */
static void clear(void *userdata)
{
        struct login_call *call = userdata;
        struct login_entry *entry = call->entry;

        secret_free(call->answer);
        if (!entry)
                return;
        entry->busy = false;
        if (entry->orphan) {
                entry_abandon(entry);
        } else if ((call->begins && call->result != 0) || login_kind(entry->login) == LOGIN_DONE) {
                entry_count(entry, call->result != 0 ? call->result : login_outcome(entry->login));
                entry_unlink(call->connection, entry);
                entry_free(entry);
        }
}

static int phase_from_name(const char *name, enum login_phase *ret_phase)
{
        static const char *const names[] = {"auth", "account", "password", "session"};

        for (size_t i = 0; i < ELEMENTS(names); i++)
                if (strcmp(names[i], name) == 0) {
                        *ret_phase = (enum login_phase)i;
                        return 0;
                }
        return -EINVAL;
}

static int take_new(struct request *request, struct login_call *call,
                    const struct login_context *context)
{
        struct connection *connection = request->connection;
        struct login_entry *entry;

        if (connection->n_logins >= LOGINS_MOST)
                return op_refuse(&request->op, BO_ERR_BUSY,
                                 "This connection has %d logins under way.", LOGINS_MOST);
        entry = calloc(1, sizeof(*entry));
        if (!entry)
                return -ENOMEM;
        entry->login = login_new(context);
        if (!entry->login ||
            getrandom(&entry->id, sizeof(entry->id), 0) != (ssize_t)sizeof(entry->id)) {
                entry_free(entry);
                return -ENOMEM;
        }
        entry->id |= 1; /* 0 means none */
        entry->busy = true;
        entry->next = connection->logins;
        connection->logins = entry;
        connection->n_logins++;
        call->entry = entry;
        call->begins = true;
        call->result = -ECANCELED; /* until a worker has begun it */
        return 0;
}

/* What he has proven here: login_caller_may() drops it if the word of who says so is nothing. */
static void proof_recall(const struct connection *connection, struct login_context *context)
{
        if (strcmp(connection->proof_service, context->service) == 0)
                context->proof = connection->proof;
}

/* What root alone is believed: who runs su, and which login this is the session of. */
static void root_keep(const struct connection *connection, struct login_context *context,
                      uint32_t caller, uint64_t login)
{
        context->leader = (uint32_t)connection->pid;
        context->caller = caller;
        context->has_login = login != 0;
        if (context->phase == LOGIN_SESSION)
                context->proof = proof_take(login);
}

static int context_read(struct request *request, sd_bus_message *message,
                        struct login_context *context)
{
        uint32_t protocol = 0;
        uint32_t caller = 0;
        uint64_t login = 0;
        const char *user = NULL, *service = NULL, *rhost = "", *tty = "", *permission = "";
        const struct option options[] = {
                {"protocol", 'u', &protocol},
                {"user", 's', &user},
                {"service", 's', &service},
                {"rhost", 's', &rhost},
                {"tty", 's', &tty},
                {"login", 't', &login},
                {"permission", 's', &permission},
                {"silent", 'b', &context->silent},
                {"expired", 'b', &context->expired},
                {"check", 'b', &context->check},
                {"close", 'b', &context->close},
                {"environment", 'b', &context->environment},
                {"caller", 'u', &caller},
        };
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r != 0)
                return r;
        if (protocol != PROTOCOL_VERSION)
                return op_refuse(
                        &request->op, BO_ERR_PROTOCOL,
                        "The module speaks protocol %u, the account service %d: install the same "
                        "version of both.",
                        protocol, PROTOCOL_VERSION);
        if (!user || !service)
                return op_refuse(&request->op, BO_ERR_BAD_OPTION, "user and service are required.");
        login_context_take(context, &(struct login_words){.user = user,
                                                          .service = service,
                                                          .rhost = rhost,
                                                          .tty = tty,
                                                          .permission = permission});
        proof_recall(request->connection, context);
        if (request->connection->uid == 0)
                root_keep(request->connection, context, caller, login);
        return 0;
}

static int begin_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct login_context context = {0};
        struct login_call *call = userdata;
        const char *phase;
        int r = sd_bus_message_read(message, "s", &phase);

        if (r < 0)
                return r;
        if (phase_from_name(phase, &context.phase) < 0)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "There is no phase \"%.32s\".",
                                 phase);
        r = context_read(request, message, &context);
        if (r != 0)
                return r;
        call->connection = request->connection;
        return take_new(request, call, &context);
}

static int take_known(struct request *request, struct login_call *call, uint64_t id)
{
        struct login_entry *entry = entry_find(request->connection, id);

        if (!entry)
                return BO_ERR_NO_SUCH_LOGIN;
        if (entry->busy)
                return op_refuse(&request->op, BO_ERR_BUSY,
                                 "The answer before this one is being worked on.");
        entry->busy = true;
        call->connection = request->connection;
        call->entry = entry;
        return 0;
}

static enum standing standing_of(const struct daemon *daemon, const struct source *source,
                                 const struct throttle_rule *rule)
{
        if (source->n == 0)
                return STANDING_KNOWN; /* exempt */
        switch (source_table_state(daemon->sources, source, rule)) {
        case SOURCE_PROVEN:
                return STANDING_KNOWN;
        case SOURCE_NEW:
                return STANDING_NEW;
        case SOURCE_FAILED:
        case SOURCE_FULL:
                return STANDING_SUSPECT;
        }
        return STANDING_SUSPECT;
}

/* Whose turn it takes: the widest that is counted as one source. */
static void queue_as(struct request *request, const struct login *login)
{
        const struct daemon *daemon = bus_daemon(request->connection->owner);
        const struct source *source = login_source(login);
        const struct throttle_rule rule = source_rule_of(request->op.settings);

        request->service = login_service(login);
        if (source->n_named > 0)
                request->source = source->text[source->n_named - 1];
        request->standing = standing_of(daemon, source, &rule);
}

static int step_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct login_call *call = userdata;
        uint64_t id;
        int r = sd_bus_message_read(message, "t", &id);

        if (r < 0)
                return r;
        r = secret_read(request, message, BO_ANSWER_MAX, &call->answer);
        if (r == 0)
                r = take_known(request, call, id);
        if (r == 0)
                queue_as(request, call->entry->login);
        return r;
}

static int cancel_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct login_call *call = userdata;
        uint64_t id;
        int r = sd_bus_message_read(message, "t", &id);

        call->cancels = true;
        return r < 0 ? r : take_known(request, call, id);
}

static const struct method begin_method = {
        "Begin", QUEUE_OTHER, true, sizeof(struct login_call), begin_parse, run, reply, clear};
static const struct method step_method = {"Step",     QUEUE_OTHER, true,  sizeof(struct login_call),
                                          step_parse, run,         reply, clear};
static const struct method hashing_step_method = {
        "Step", QUEUE_HASH, true, sizeof(struct login_call), step_parse, run, reply, clear};
static const struct method cancel_method = {
        "Cancel", QUEUE_OTHER, true, sizeof(struct login_call), cancel_parse, run, reply, clear};

static int on_begin(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_start(userdata, message, &begin_method);
}

/* A source that has to wait anyway does not wait for a hash. */
static bool turned_away(const struct connection *connection, struct login *login)
{
        const struct daemon *daemon = bus_daemon(connection->owner);
        const struct throttle_rule rule = source_rule_of(daemon->settings->settings);

        if (!login_is_guess(login) ||
            source_table_state(daemon->sources, login_source(login), &rule) != SOURCE_FULL)
                return false;
        login_turn_away(login);
        return true;
}

/* Which queue a step belongs into is known to the login alone. */
static int on_step(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct connection *connection = userdata;
        struct login_entry *entry = NULL;
        const void *answer;
        size_t answer_size = 0;
        uint64_t id;
        int r = sd_bus_message_read(message, "t", &id);

        (void)error; /* refusals are sent with their own names */
        if (r >= 0)
                r = sd_bus_message_read_array(message, 'y', &answer, &answer_size);
        if (r >= 0)
                r = sd_bus_message_rewind(message, true);
        if (r < 0)
                return r;
        entry = entry_find(connection, id);
        return request_start(connection, message,
                             entry && !entry->busy && login_hashes(entry->login, answer_size) &&
                                             !turned_away(connection, entry->login)
                                     ? &hashing_step_method
                                     : &step_method);
}

static int on_cancel(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_start(userdata, message, &cancel_method);
}

static const sd_bus_vtable login_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Begin", SD_BUS_ARGS("s", phase, "a{sv}", context),
                                SD_BUS_RESULT("t", login, "s", kind, "s", text), on_begin,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("Step", SD_BUS_ARGS("t", login, "ay", answer),
                                SD_BUS_RESULT("s", kind, "s", text), on_step,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("Cancel", SD_BUS_ARGS("t", login),
                                SD_BUS_RESULT("s", kind, "s", text), on_cancel,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_VTABLE_END,
};

int login_add(struct connection *connection)
{
        return sd_bus_add_object_vtable(connection->bus, NULL, BUS_ROOT, BUS_NAME ".Login",
                                        login_vtable, connection);
}
