/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Sessions interface: tells bo-sessiond whose sessions have to end, and wakes it. */
#include "bo-accountd/bus/bus_private.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"
#include "common/log.h"

#include <errno.h>
#include <string.h>

#define INTERFACE BUS_NAME ".Sessions"

static int list_parse(struct request *request, void *call, sd_bus_message *message)
{
        (void)call, (void)message; /* no arguments */
        /* Before it is answered: what is committed meanwhile must not go untold. */
        if (request->connection->uid == 0)
                request->connection->hears_endings = true;
        return 0;
}

static int list_run(struct op *op, void *call)
{
        return op_session_endings(op, call);
}

static int list_reply(void *userdata, sd_bus_message *reply)
{
        const struct session_endings *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "(ut)");

        for (size_t i = 0; r >= 0 && i < call->n; i++)
                r = sd_bus_message_append(reply, "(ut)", call->rows[i].uid,
                                          call->rows[i].since_usec);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int ended_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct session_ending *call = userdata;

        (void)request; /* nothing to refuse here */
        return sd_bus_message_read(message, "ut", &call->uid, &call->since_usec) < 0 ? -EINVAL : 0;
}

static int ended_run(struct op *op, void *call)
{
        return op_session_ended(op, call);
}

/* The third field keeps them off the system bus, as for calls that carry a secret. */
static const struct method methods[] = {
        {"ListEndings", QUEUE_OTHER, true, sizeof(struct session_endings), list_parse, list_run,
         list_reply, NULL},
        {"Ended", QUEUE_OTHER, true, sizeof(struct session_ending), ended_parse, ended_run, NULL,
         NULL},
};

static int on_call(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("ListEndings", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ut)", endings),
                                on_call, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Ended", SD_BUS_ARGS("u", uid, "t", since), SD_BUS_NO_RESULT,
                                on_call, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("EndingsDue", SD_BUS_NO_ARGS, 0),
        SD_BUS_VTABLE_END,
};

int sessions_add(struct connection *connection)
{
        return sd_bus_add_object_vtable(connection->bus, NULL, BUS_ROOT, INTERFACE, vtable,
                                        connection);
}

void bus_tell_endings(struct bus *bus)
{
        for (struct connection *c = bus->clients; c; c = c->next) {
                int r = c->hears_endings ? sd_bus_emit_signal(c->bus, BUS_ROOT, INTERFACE,
                                                              "EndingsDue", NULL)
                                         : 0;

                if (r < 0 && r != -ENOTCONN) /* it asks when it is back */
                        log_line(LOG_WARNING, "bo-sessiond could not be woken: %s.", strerror(-r));
        }
}
