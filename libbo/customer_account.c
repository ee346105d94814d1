/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Customer interface: what a customer is and says of itself (R51, R79 to R82). */
#include <errno.h>

#include "libbo/internal.h"
#include "libbo/record.h"

#define STRING(key, member)                                                                        \
        {                                                                                          \
                key, FIELD_STRING, offsetof(struct bo_customer_details, member), 0                 \
        }

static const struct field details_fields[] = {
        STRING("Id", id),
        STRING("Alias", alias),
        {"Created", FIELD_U64, offsetof(struct bo_customer_details, created_usec), 0},
        STRING("Type", type),
        STRING("Subscription", subscription),
        {"SubscriptionChange", FIELD_BOOL,
         offsetof(struct bo_customer_details, subscription_change), 0},
        {"Subscriptions", FIELD_STRINGS, offsetof(struct bo_customer_details, subscriptions),
         offsetof(struct bo_customer_details, n_subscriptions)},
        {"SeparatelyBilled", FIELD_BOOL, offsetof(struct bo_customer_details, separately_billed),
         0},
        STRING("ContactName", contact_name),
        STRING("ContactEmail", contact_email),
        STRING("Phone", phone),
        STRING("Website", website),
        STRING("Company", company),
        STRING("Street", street),
        STRING("Postcode", postcode),
        STRING("City", city),
        STRING("Country", country),
        STRING("Kvk", kvk),
        STRING("Oin", oin),
        STRING("Vat", vat),
        STRING("InvoiceEmail", invoice_email),
        STRING("InvoiceRecipient", invoice_recipient),
        STRING("PeppolRecipient", peppol_recipient),
        {"MissingBilling", FIELD_STRINGS, offsetof(struct bo_customer_details, missing_billing),
         offsetof(struct bo_customer_details, n_missing_billing)},
};

static const struct record details_record = {details_fields, ELEMENTS(details_fields),
                                             sizeof(struct bo_customer_details)};

static int call_new_customer(bo *client, sd_bus_message **ret_call, const char *id,
                             const char *interface, const char *member)
{
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(BO_PATH "/customer", id, &path);

        return r < 0 ? r : call_new(client, ret_call, path, interface, member, false);
}

struct bo_customer_details *bo_customer_details_free(struct bo_customer_details *details)
{
        if (details)
                record_clear(&details_record, details);
        free(details);
        return NULL;
}

DEFINE_CLEANUP(struct bo_customer_details *, bo_customer_details_free)

int bo_customer_get(bo *client, const char *id, struct bo_customer_details **ret_details)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_customer_details_freep) struct bo_customer_details *details =
                calloc(1, sizeof(*details));
        int r;

        if (!details)
                return -ENOMEM;
        r = call_new_customer(client, &call, id, BO_PROPERTIES, "GetAll");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", BO_CUSTOMER);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = record_read(reply, &details_record, details);
        if (r < 0)
                return r;
        if (!details->id)
                return -EBADMSG;
        *ret_details = TAKE_PTR(details);
        return 0;
}

static int set_text(bo *client, const char *id, const char *member, const char *text,
                    const char *option, const char *value)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_customer(client, &call, id, BO_CUSTOMER, member);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", text);
        return r < 0 ? r : call_send_options(client, call, option, value, NULL);
}

int bo_customer_set_alias(bo *client, const char *id, const char *alias)
{
        return set_text(client, id, "SetAlias", alias, NULL, NULL);
}

int bo_customer_set_subscription(bo *client, const char *id, const char *subscription)
{
        return set_text(client, id, "SetSubscription", subscription, NULL, NULL);
}

int bo_customer_set_type(bo *client, const char *id, const char *type, const char *subscription)
{
        return set_text(client, id, "SetType", type, "Subscription", subscription);
}

static int set_fields(bo *client, const char *id, const char *member,
                      const struct text_option *options, size_t n, enum bo_change separately)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new_customer(client, &call, id, BO_CUSTOMER, member);

        if (r >= 0)
                r = sd_bus_message_open_container(call, 'a', "{sv}");
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = option_string(call, options[i].key, options[i].value);
        if (r >= 0 && separately != BO_UNCHANGED)
                r = sd_bus_message_append(call, "{sv}", "SeparatelyBilled", "b",
                                          separately == BO_YES);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r < 0 ? r : call_send(client, call, NULL);
}

int bo_customer_set_account(bo *client, const char *id, const struct bo_customer_account *account)
{
        const struct text_option options[] = {
                {"ContactName", account->contact_name},
                {"ContactEmail", account->contact_email},
                {"Phone", account->phone},
                {"Website", account->website},
        };

        return set_fields(client, id, "SetAccount", options, ELEMENTS(options), BO_UNCHANGED);
}

int bo_customer_set_billing(bo *client, const char *id, const struct bo_customer_billing *billing)
{
        const struct text_option options[] = {
                {"Company", billing->company},
                {"Street", billing->street},
                {"Postcode", billing->postcode},
                {"City", billing->city},
                {"Country", billing->country},
                {"Kvk", billing->kvk},
                {"Oin", billing->oin},
                {"Vat", billing->vat},
                {"InvoiceEmail", billing->invoice_email},
        };

        return set_fields(client, id, "SetBilling", options, ELEMENTS(options),
                          billing->separately_billed);
}
