/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: sources that are turned away. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/source.h"

static int list_run(struct op *op, void *call)
{
        return op_source_list(op, call);
}

static int list_reply(void *userdata, sd_bus_message *reply)
{
        const struct source_listing *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct source_row *row = &call->rows[i];

                r = sd_bus_message_append(reply, "a{sv}", 3, "Source", "s", row->text, "Next", "t",
                                          call->now_usec + row->wait_usec, "Forgotten", "t",
                                          call->now_usec + row->level_usec);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void list_clear(void *userdata)
{
        struct source_listing *call = userdata;

        free(call->rows);
}

struct clear_call {
        const char *source;
        uint32_t n;
};

static int clear_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct clear_call *call = userdata;
        int r = sd_bus_message_read(message, "s", &call->source);

        return r < 0 ? r : options_read(request, message, NULL, 0);
}

static int clear_run(struct op *op, void *userdata)
{
        struct clear_call *call = userdata;

        return op_source_clear(op, call->source, &call->n);
}

static int clear_reply(void *userdata, sd_bus_message *reply)
{
        const struct clear_call *call = userdata;

        return sd_bus_message_append(reply, "u", call->n);
}

static const struct method methods[] = {
        {"ListThrottled", QUEUE_OTHER, false, sizeof(struct source_listing), NULL, list_run,
         list_reply, list_clear},
        {"ClearThrottle", QUEUE_OTHER, false, sizeof(struct clear_call), clear_parse, clear_run,
         clear_reply, NULL},
};

int manager_on_sources(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
