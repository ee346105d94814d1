/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Customer interface: its verbs. The properties are in customer_properties.c. */
#include "bo-accountd/bus/customer.h"
#include "bo-accountd/bus/approval.h"
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/customer.h"

#include <errno.h>

/* What the verbs need: the customer of the path, and whatever the method brings. */
struct customer_call {
        char *id;
        const char *text, *subscription;
        struct customer_change change;
        struct approval_request request;
};

/* A text, then no options. */
static int parse_text(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_call *call = userdata;
        int r = path_customer(sd_bus_message_get_path(message), &call->id);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->text) < 0 ? -EINVAL : 0;
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_type(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_call *call = userdata;
        const struct option options[] = {{"Subscription", 's', &call->subscription}};
        int r = path_customer(sd_bus_message_get_path(message), &call->id);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->text) < 0 ? -EINVAL : 0;
        return r == 0 ? options_read(request, message, options, ELEMENTS(options)) : r;
}

/* The fields from @first to before @end, and what billing alone has. */
static int parse_fields(struct request *request, struct customer_call *call,
                        sd_bus_message *message, enum profile_field first, enum profile_field end)
{
        struct option options[PROFILE_FIELDS + 1];
        size_t n = 0;
        int r = path_customer(sd_bus_message_get_path(message), &call->id);

        for (enum profile_field field = first; field < end; field++)
                options[n++] = (struct option){profile_name(field), 's', &call->change.text[field]};
        if (first == PROFILE_BILLING_FIRST)
                options[n++] = (struct option){"SeparatelyBilled", 'b', &call->change.separately,
                                               .given = &call->change.separately_given};
        call->change.id = call->id;
        return r == 0 ? options_read(request, message, options, n) : r;
}

static int parse_account(struct request *request, void *call, sd_bus_message *message)
{
        return parse_fields(request, call, message, 0, PROFILE_BILLING_FIRST);
}

static int parse_billing(struct request *request, void *call, sd_bus_message *message)
{
        return parse_fields(request, call, message, PROFILE_BILLING_FIRST, PROFILE_FIELDS);
}

static int parse_address(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_call *call = userdata;
        const struct option options[] = {{"Comment", 's', &call->request.comment}};
        int r = path_customer(sd_bus_message_get_path(message), &call->id);

        call->request.comment = "";
        call->request.customer = call->id;
        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->request.address) < 0 ? -EINVAL : 0;
        return r == 0 ? options_read(request, message, options, ELEMENTS(options)) : r;
}

static int request_address_run(struct op *op, void *userdata)
{
        struct customer_call *call = userdata;

        return op_approval_request(op, &call->request);
}

static int request_address_reply(void *userdata, sd_bus_message *reply)
{
        const struct customer_call *call = userdata;
        char path[64];

        path_of_approval(path, call->request.id);
        return sd_bus_message_append(reply, "o", path);
}

static int set_account_run(struct op *op, void *userdata)
{
        const struct customer_call *call = userdata;

        return op_customer_set_account(op, &call->change);
}

static int set_alias_run(struct op *op, void *userdata)
{
        const struct customer_call *call = userdata;

        return op_customer_set_alias(op, call->id, call->text);
}

static int set_billing_run(struct op *op, void *userdata)
{
        const struct customer_call *call = userdata;

        return op_customer_set_billing(op, &call->change);
}

static int set_subscription_run(struct op *op, void *userdata)
{
        const struct customer_call *call = userdata;

        return op_customer_set_subscription(op, call->id, call->text);
}

static int set_type_run(struct op *op, void *userdata)
{
        const struct customer_call *call = userdata;

        return op_customer_set_type(op, call->id, call->text, call->subscription);
}

static void clear(void *userdata)
{
        struct customer_call *call = userdata;

        free(call->id);
}

#define CALL sizeof(struct customer_call)

static const struct method methods[] = {
        {"RequestAddress", QUEUE_OTHER, false, CALL, parse_address, request_address_run,
         request_address_reply, clear},
        {"SetAccount", QUEUE_OTHER, false, CALL, parse_account, set_account_run, NULL, clear},
        {"SetAlias", QUEUE_OTHER, false, CALL, parse_text, set_alias_run, NULL, clear},
        {"SetBilling", QUEUE_OTHER, false, CALL, parse_billing, set_billing_run, NULL, clear},
        {"SetSubscription", QUEUE_OTHER, false, CALL, parse_text, set_subscription_run, NULL,
         clear},
        {"SetType", QUEUE_OTHER, false, CALL, parse_type, set_type_run, NULL, clear},
};

static int on_method(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        PROPERTY_OF_STORE("Id", "s"),
        PROPERTY_OF_STORE("Alias", "s"),
        PROPERTY_OF_STORE("Created", "t"),
        PROPERTY_OF_STORE("Type", "s"),
        PROPERTY_OF_STORE("Subscription", "s"),
        PROPERTY_OF_STORE("SubscriptionChange", "b"),
        PROPERTY_OF_STORE("Subscriptions", "as"),
        PROPERTY_OF_STORE("SeparatelyBilled", "b"),
        PROPERTY_OF_STORE("ContactName", "s"),
        PROPERTY_OF_STORE("ContactEmail", "s"),
        PROPERTY_OF_STORE("Phone", "s"),
        PROPERTY_OF_STORE("Website", "s"),
        PROPERTY_OF_STORE("Company", "s"),
        PROPERTY_OF_STORE("Street", "s"),
        PROPERTY_OF_STORE("Postcode", "s"),
        PROPERTY_OF_STORE("City", "s"),
        PROPERTY_OF_STORE("Country", "s"),
        PROPERTY_OF_STORE("Kvk", "s"),
        PROPERTY_OF_STORE("Oin", "s"),
        PROPERTY_OF_STORE("Vat", "s"),
        PROPERTY_OF_STORE("InvoiceEmail", "s"),
        PROPERTY_OF_STORE("InvoiceRecipient", "s"),
        PROPERTY_OF_STORE("PeppolRecipient", "s"),
        PROPERTY_OF_STORE("MissingBilling", "as"),
        SD_BUS_METHOD_WITH_ARGS("RequestAddress", SD_BUS_ARGS("s", address, "a{sv}", options),
                                SD_BUS_RESULT("o", approval), on_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetAccount", SD_BUS_ARGS("a{sv}", fields), SD_BUS_NO_RESULT,
                                on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetAlias", SD_BUS_ARGS("s", alias, "a{sv}", options),
                                SD_BUS_NO_RESULT, on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetBilling", SD_BUS_ARGS("a{sv}", fields), SD_BUS_NO_RESULT,
                                on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetSubscription", SD_BUS_ARGS("s", subscription, "a{sv}", options),
                                SD_BUS_NO_RESULT, on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("SetType", SD_BUS_ARGS("s", type, "a{sv}", options),
                                SD_BUS_NO_RESULT, on_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static int find(sd_bus *bus, const char *path, const char *interface, void *userdata,
                void **ret_found, sd_bus_error *error)
{
        char *decoded = NULL;
        int r = path_customer(path, &decoded);

        (void)bus, (void)interface, (void)error; /* sd-bus's signature */
        free(decoded);
        *ret_found = userdata;
        return r == 0; /* whether it exists is told to those who may know it */
}

int customer_add(struct connection *connection)
{
        int r = sd_bus_add_fallback(connection->bus, NULL, BUS_ROOT "/customer",
                                    customer_on_properties, connection);

        return r < 0 ? r
                     : sd_bus_add_fallback_vtable(connection->bus, NULL, BUS_ROOT "/customer",
                                                  BUS_NAME ".Customer", vtable, find, connection);
}
