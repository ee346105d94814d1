/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the daemon's numbers, and the settings in force. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/metrics.h"

static int metrics_run(struct op *op, void *call)
{
        return op_metrics(op, call);
}

static int metrics_reply(void *userdata, sd_bus_message *reply)
{
        const struct metric_listing *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct metric_sample *sample = &call->samples[i];
                char family[64];

                snprintf(family, sizeof(family), "bo_%s", sample->family->name);
                r = sd_bus_message_append(reply, "a{sv}", 6, "Family", "s", family, "Suffix", "s",
                                          sample->suffix, "Labels", "s", sample->labels, "Type",
                                          "s", sample->family->type, "Help", "s",
                                          sample->family->help, "Value", "d", sample->value);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static void metrics_clear(void *call)
{
        metric_listing_clear(call);
}

static int settings_run(struct op *op, void *call)
{
        return op_settings(op, call);
}

static int settings_reply(void *userdata, sd_bus_message *reply)
{
        const struct setting_listing *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct setting_shown *item = &call->items[i];

                r = sd_bus_message_append(reply, "a{sv}", 6, "Section", "s", item->section, "Key",
                                          "s", item->key, "Value", "s", item->value, "Default", "b",
                                          !*item->file, "File", "s", item->file, "Line", "u",
                                          item->line);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const struct method methods[] = {
        {"GetMetrics", QUEUE_OTHER, false, sizeof(struct metric_listing), NULL, metrics_run,
         metrics_reply, metrics_clear},
        {"GetSettings", QUEUE_OTHER, false, sizeof(struct setting_listing), NULL, settings_run,
         settings_reply, NULL},
};

int manager_on_metrics(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
