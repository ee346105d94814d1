/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of the Customer interface: each actor gets those that he may see. */
#include "bo-accountd/bus/customer.h"
#include "bo-accountd/bus/properties.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/customer.h"

#include <string.h>

static int id(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "s", view->customer.id);
}

static int alias(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "s", view->customer.alias);
}

static int created(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "t", view->customer.created_usec);
}

static int type(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "s", view->customer.type);
}

static int subscription(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "s", view->customer.subscription);
}

static int subscriptions(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (size_t i = 0; r >= 0 && view->type && i < view->type->n_subscriptions; i++)
                r = sd_bus_message_append(reply, "s", view->type->subscriptions[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int subscription_change(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "b", view->type && view->type->subscription_change);
}

static int separately_billed(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "b", view->separately_billed);
}

/* A function for each text, since that is what a table of properties takes. */
#define TEXT_OF(name, field)                                                                       \
        static int name(sd_bus_message *reply, const void *object)                                 \
        {                                                                                          \
                const struct customer_view *view = object;                                         \
                                                                                                   \
                return sd_bus_message_append(reply, "s", view->profile.text[field]);               \
        }

TEXT_OF(contact_name, PROFILE_CONTACT_NAME)
TEXT_OF(contact_email, PROFILE_CONTACT_EMAIL)
TEXT_OF(phone, PROFILE_PHONE)
TEXT_OF(website, PROFILE_WEBSITE)
TEXT_OF(company, PROFILE_COMPANY)
TEXT_OF(street, PROFILE_STREET)
TEXT_OF(postcode, PROFILE_POSTCODE)
TEXT_OF(city, PROFILE_CITY)
TEXT_OF(country, PROFILE_COUNTRY)
TEXT_OF(kvk, PROFILE_KVK)
TEXT_OF(oin, PROFILE_OIN)
TEXT_OF(vat, PROFILE_VAT)
TEXT_OF(invoice_email, PROFILE_INVOICE_EMAIL)

static int invoice_recipient(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "s", view->invoice_recipient);
}

static int peppol_recipient(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;

        return sd_bus_message_append(reply, "s", view->peppol_recipient);
}

static int missing_billing(sd_bus_message *reply, const void *object)
{
        const struct customer_view *view = object;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (enum profile_field field = 0; r >= 0 && field < PROFILE_FIELDS; field++)
                if (view->missing & PROFILE_BIT(field))
                        r = sd_bus_message_append(reply, "s", profile_name(field));
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* In the order of who sees them: the actor's are the first ones, up to seen_with[]. */
static const struct property table[] = {
        {"Id", "s", id},
        {"Alias", "s", alias},
        {"Created", "t", created},
        {"Type", "s", type},
        {"Subscription", "s", subscription},
        {"SubscriptionChange", "b", subscription_change},
        {"Subscriptions", "as", subscriptions},
        {"SeparatelyBilled", "b", separately_billed},
        {"ContactName", "s", contact_name},
        {"ContactEmail", "s", contact_email},
        {"Phone", "s", phone},
        {"Website", "s", website},
        {"Company", "s", company},
        {"Street", "s", street},
        {"Postcode", "s", postcode},
        {"City", "s", city},
        {"Country", "s", country},
        {"Kvk", "s", kvk},
        {"Oin", "s", oin},
        {"Vat", "s", vat},
        {"InvoiceEmail", "s", invoice_email},
        {"InvoiceRecipient", "s", invoice_recipient},
        {"PeppolRecipient", "s", peppol_recipient},
        {"MissingBilling", "as", missing_billing},
};

static const size_t seen_with[] = {
        [SIGHT_NAME] = 4,
        [SIGHT_SUBSCRIPTION] = 7,
        [SIGHT_ALL] = ELEMENTS(table),
};

struct customer_call {
        struct properties_call properties;
        char *id;
        struct customer_view view;
};

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_call *call = userdata;
        int r = path_customer(sd_bus_message_get_path(message), &call->id);

        return r == 0 ? properties_parse(request, message, table, ELEMENTS(table),
                                         &call->properties)
                      : r;
}

/* Is what was asked for among the first @n? All that there is to see always is. */
static bool is_among(const struct properties_call *call, size_t n)
{
        for (size_t i = 0; call->name && i < n; i++)
                if (strcmp(table[i].name, call->name) == 0)
                        return true;
        return !call->name;
}

static int run(struct op *op, void *userdata)
{
        struct customer_call *call = userdata;
        struct properties_call *properties = &call->properties;
        bool whole = !properties->name || !is_among(properties, seen_with[SIGHT_NAME]);
        int r = op_customer_view(op, call->id, whole, &call->view);

        if (r != 0)
                return r;
        properties->n = seen_with[call->view.sight];
        return is_among(properties, properties->n) ? 0 : BO_ERR_NOT_ALLOWED;
}

static int reply(void *userdata, sd_bus_message *message)
{
        const struct customer_call *call = userdata;

        return properties_append(message, &call->properties, &call->view);
}

static void clear(void *userdata)
{
        struct customer_call *call = userdata;

        free(call->id);
}

static const struct method method = {"Properties", QUEUE_OTHER, false, sizeof(struct customer_call),
                                     parse,        run,         reply, clear};

int customer_on_properties(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return properties_wanted(message, BUS_NAME ".Customer")
                       ? request_start(userdata, message, &method)
                       : 0;
}
