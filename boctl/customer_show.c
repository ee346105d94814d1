/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl customer show: what the caller may see of a customer (R52, R79 to R82). */
#include "boctl/table.h"

enum {
        ID,
        ALIAS,
        CREATED,
        TYPE,
        SUBSCRIPTION,
        SUBSCRIPTIONS,
        SUBSCRIPTION_CHANGE,
        CONTACT_NAME,
        CONTACT_EMAIL,
        PHONE,
        WEBSITE,
        COMPANY,
        STREET,
        POSTCODE,
        CITY,
        COUNTRY,
        KVK,
        OIN,
        VAT,
        INVOICE_EMAIL,
        SEPARATELY_BILLED,
        INVOICE_RECIPIENT,
        PEPPOL_RECIPIENT,
        MISSING_BILLING,
        COLUMNS,
};

static const struct column columns[COLUMNS] = {
        [ID] = {"id", "Id", CELL_TEXT},
        [ALIAS] = {"alias", "Alias", CELL_TEXT},
        [CREATED] = {"created", "Created", CELL_TIME},
        [TYPE] = {"type", "Account type", CELL_TEXT},
        [SUBSCRIPTION] = {"subscription", "Subscription", CELL_TEXT},
        [SUBSCRIPTIONS] = {"subscriptions", "Subscriptions", CELL_LIST},
        [SUBSCRIPTION_CHANGE] = {"subscription_change", "May be changed", CELL_BOOL},
        [CONTACT_NAME] = {"contact_name", "Contact", CELL_TEXT},
        [CONTACT_EMAIL] = {"contact_email", "Contact e-mail", CELL_TEXT},
        [PHONE] = {"phone", "Telephone", CELL_TEXT},
        [WEBSITE] = {"website", "Website", CELL_TEXT},
        [COMPANY] = {"company", "Company", CELL_TEXT},
        [STREET] = {"street", "Street", CELL_TEXT},
        [POSTCODE] = {"postcode", "Postcode", CELL_TEXT},
        [CITY] = {"city", "City", CELL_TEXT},
        [COUNTRY] = {"country", "Country", CELL_TEXT},
        [KVK] = {"kvk", "KVK", CELL_TEXT},
        [OIN] = {"oin", "OIN", CELL_TEXT},
        [VAT] = {"vat", "VAT", CELL_TEXT},
        [INVOICE_EMAIL] = {"invoice_email", "Invoice e-mail", CELL_TEXT},
        [SEPARATELY_BILLED] = {"separately_billed", "Billed separately", CELL_BOOL},
        [INVOICE_RECIPIENT] = {"invoice_recipient", "Invoices go to", CELL_TEXT},
        [PEPPOL_RECIPIENT] = {"peppol_recipient", "Peppol recipient", CELL_TEXT},
        [MISSING_BILLING] = {"missing_billing", "Missing", CELL_LIST},
};

DEFINE_CLEANUP(struct bo_customer_details *, bo_customer_details_free)

static void subscription_cells(struct table *table, const struct bo_customer_details *customer)
{
        table_text(table, SUBSCRIPTION, customer->subscription);
        if (!customer->subscription)
                return; /* not for the caller to see */
        table_list(table, SUBSCRIPTIONS, customer->subscriptions, customer->n_subscriptions);
        table_bool(table, SUBSCRIPTION_CHANGE, customer->subscription_change);
}

static void billing_cells(struct table *table, const struct bo_customer_details *customer)
{
        table_text(table, COMPANY, customer->company);
        table_text(table, STREET, customer->street);
        table_text(table, POSTCODE, customer->postcode);
        table_text(table, CITY, customer->city);
        table_text(table, COUNTRY, customer->country);
        table_text(table, KVK, customer->kvk);
        table_text(table, OIN, customer->oin);
        table_text(table, VAT, customer->vat);
        table_text(table, INVOICE_EMAIL, customer->invoice_email);
        table_text(table, INVOICE_RECIPIENT, customer->invoice_recipient);
        table_text(table, PEPPOL_RECIPIENT, customer->peppol_recipient);
        if (!customer->company)
                return;
        table_bool(table, SEPARATELY_BILLED, customer->separately_billed);
        table_list(table, MISSING_BILLING, customer->missing_billing, customer->n_missing_billing);
}

static int customer_record(const struct request *request,
                           const struct bo_customer_details *customer)
{
        _cleanup_(table_freep) struct table *table =
                table_new(request, "customer", columns, COLUMNS);

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, ID, customer->id);
        table_text(table, ALIAS, customer->alias);
        table_time(table, CREATED, customer->created_usec);
        table_text(table, TYPE, customer->type);
        subscription_cells(table, customer);
        table_text(table, CONTACT_NAME, customer->contact_name);
        table_text(table, CONTACT_EMAIL, customer->contact_email);
        table_text(table, PHONE, customer->phone);
        table_text(table, WEBSITE, customer->website);
        billing_cells(table, customer);
        return table_record(table);
}

int verb_customer_show(struct request *request)
{
        _cleanup_(bo_customer_details_freep) struct bo_customer_details *customer = NULL;
        const char *id = request->args[0];
        int r = bo_customer_get(request->bo, id, &customer);

        if (r != 0)
                return fail_call(request, r, "Cannot show the customer %s", id);
        r = customer_record(request, customer);
        if (r == EXIT_DONE && customer->n_missing_billing > 0)
                warn("Billing data that the account type requires is missing: `boctl customer "
                     "billing %s --help`.",
                     id);
        return r;
}
