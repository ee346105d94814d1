/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: what is not as it should be. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/finding.h"

static int check_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        (void)userdata; /* nothing is kept of it */
        return options_read(request, message, NULL, 0);
}

static int check_run(struct op *op, void *call)
{
        return op_check(op, call);
}

static int check_reply(void *userdata, sd_bus_message *reply)
{
        const struct findings *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++)
                r = sd_bus_message_append(reply, "a{sv}", 4, "Severity", "s",
                                          finding_severity_name(call->all[i].severity), "Part", "s",
                                          call->all[i].part, "Text", "s", call->all[i].text,
                                          "Remedy", "s", call->all[i].remedy);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const struct method methods[] = {
        {"Check", QUEUE_OTHER, false, sizeof(struct findings), check_parse, check_run, check_reply,
         NULL},
};

int manager_on_check(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
