/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers: the tenants. */
#include "libbo/page.h"

static const struct field customer_fields[] = {
        {"Id", FIELD_STRING, offsetof(struct bo_customer, id), 0},
        {"Alias", FIELD_STRING, offsetof(struct bo_customer, alias), 0},
        {"Created", FIELD_U64, offsetof(struct bo_customer, created_usec), 0},
        {"Type", FIELD_STRING, offsetof(struct bo_customer, type), 0},
};

static const struct record customer_record = {customer_fields, ELEMENTS(customer_fields),
                                              sizeof(struct bo_customer)};

int bo_customer_create(bo *client, const struct bo_customer_new *customer)
{
        const struct text_option options[] = {{"Id", customer->id},
                                              {"Alias", customer->alias},
                                              {"Type", customer->type},
                                              {"Subscription", customer->subscription}};
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "CreateCustomer", false);

        if (r >= 0)
                r = append_options(call, options, ELEMENTS(options));
        return r < 0 ? r : call_send(client, call, NULL);
}

IS_PAGE(struct bo_customer_page);

int bo_customer_list(bo *client, const char *cursor, uint32_t limit,
                     struct bo_customer_page **ret_page)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *page = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListCustomers", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "a{sv}", 0);
        if (r >= 0)
                r = call_page(client, call, &customer_record, cursor, limit, &page);
        if (r == 0)
                *ret_page = page;
        return r;
}

struct bo_customer_page *bo_customer_page_free(struct bo_customer_page *page)
{
        return page_free(&customer_record, page);
}
