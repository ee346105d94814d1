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

static int findings_append(sd_bus_message *reply, const struct findings *findings)
{
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < findings->n; i++)
                r = sd_bus_message_append(reply, "a{sv}", 4, "Severity", "s",
                                          finding_severity_name(findings->all[i].severity), "Part",
                                          "s", findings->all[i].part, "Text", "s",
                                          findings->all[i].text, "Remedy", "s",
                                          findings->all[i].remedy);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int check_reply(void *userdata, sd_bus_message *reply)
{
        return findings_append(reply, userdata);
}

static int store_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct check_step *call = userdata;
        int r = sd_bus_message_read(message, "s", &call->cursor);

        return r < 0 ? r : options_read(request, message, NULL, 0);
}

static int store_run(struct op *op, void *call)
{
        return op_check_store(op, call);
}

static int store_reply(void *userdata, sd_bus_message *reply)
{
        const struct check_step *call = userdata;
        int r = findings_append(reply, &call->findings);

        return r < 0 ? r : sd_bus_message_append(reply, "stt", call->next, call->done, call->total);
}

static const struct method methods[] = {
        {"Check", QUEUE_OTHER, false, sizeof(struct findings), check_parse, check_run, check_reply,
         NULL},
        {"CheckStore", QUEUE_OTHER, false, sizeof(struct check_step), store_parse, store_run,
         store_reply, NULL},
};

int manager_on_check(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
