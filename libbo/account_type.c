/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account types that a customer can have (R79, R80, R83). */
#include "libbo/page.h"

static const struct field type_fields[] = {
        {"Name", FIELD_STRING, offsetof(struct bo_account_type, name), 0},
        {"Description", FIELD_STRING, offsetof(struct bo_account_type, description), 0},
        {"Secondaries", FIELD_BOOL, offsetof(struct bo_account_type, secondaries), 0},
        {"Subscriptions", FIELD_STRINGS, offsetof(struct bo_account_type, subscriptions),
         offsetof(struct bo_account_type, n_subscriptions)},
        {"SubscriptionChange", FIELD_BOOL, offsetof(struct bo_account_type, subscription_change),
         0},
        {"SeparatelyBilled", FIELD_STRING, offsetof(struct bo_account_type, separately_billed), 0},
        {"RequiredBilling", FIELD_STRINGS, offsetof(struct bo_account_type, required),
         offsetof(struct bo_account_type, n_required)},
        {"RequiredWhenSeparatelyBilled", FIELD_STRINGS,
         offsetof(struct bo_account_type, required_separately),
         offsetof(struct bo_account_type, n_required_separately)},
};

static const struct record type_record = {type_fields, ELEMENTS(type_fields),
                                          sizeof(struct bo_account_type)};

IS_LIST(struct bo_account_type_list);

int bo_account_type_list(bo *client, struct bo_account_type_list **ret_types)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *types = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListAccountTypes", false);

        if (r >= 0)
                r = call_list(client, call, &type_record, &types);
        if (r == 0)
                *ret_types = types;
        return r;
}

struct bo_account_type_list *bo_account_type_list_free(struct bo_account_type_list *types)
{
        return page_free(&type_record, types);
}
