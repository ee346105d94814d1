/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the account types of account-types.conf (R79, R80, R83). */
#include "bo-accountd/bus/entry.h"
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

struct types_call {
        const struct settings *settings;
};

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct types_call *call = userdata;

        (void)message; /* no arguments */
        call->settings = request->op.settings;
        return 0;
}

static int run(struct op *op, void *call)
{
        (void)call; /* all is in the settings; only the right to see them is asked for */
        return op_read_shared(op);
}

static int append_fields(sd_bus_message *reply, const char *key, uint32_t fields)
{
        const char *names[PROFILE_FIELDS];
        size_t n = 0;

        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++)
                if (fields & PROFILE_BIT(field))
                        names[n++] = profile_name(field);
        return entry_append_strings(reply, key, names, n);
}

static int append_type(sd_bus_message *reply, const struct account_type *type)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}", "Name", "s", type->name,
                                          "Description", "s", type->description, "Secondaries", "b",
                                          (int)type->secondaries, "SubscriptionChange", "b",
                                          (int)type->subscription_change, "SeparatelyBilled", "s",
                                          billed_word(type->billing.billed));
        if (r >= 0)
                r = entry_append_strings(reply, "Subscriptions", type->subscriptions,
                                         type->n_subscriptions);
        if (r >= 0)
                r = append_fields(reply, "RequiredBilling", type->billing.required);
        if (r >= 0)
                r = append_fields(reply, "RequiredWhenSeparatelyBilled",
                                  type->billing.required_if_separately);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int reply_types(void *userdata, sd_bus_message *reply)
{
        const struct types_call *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->settings->n_account_types; i++)
                r = append_type(reply, &call->settings->account_types[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static const struct method method = {
        "ListAccountTypes", QUEUE_OTHER, false, sizeof(struct types_call), parse, run,
        reply_types,        NULL};

int manager_on_account_types(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, &method, 1);
}
