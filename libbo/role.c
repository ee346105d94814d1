/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The role and permission matrix (R19). */
#include "libbo/page.h"

static const struct field role_fields[] = {
        {"Name", FIELD_STRING, offsetof(struct bo_role, name), 0},
        {"Description", FIELD_STRING, offsetof(struct bo_role, description), 0},
        {"Permissions", FIELD_STRINGS, offsetof(struct bo_role, permissions),
         offsetof(struct bo_role, n_permissions)},
        {"SecondFactor", FIELD_BOOL, offsetof(struct bo_role, second_factor), 0},
        {"Secondary", FIELD_BOOL, offsetof(struct bo_role, secondary), 0},
};

static const struct record role_record = {role_fields, ELEMENTS(role_fields),
                                          sizeof(struct bo_role)};

IS_LIST(struct bo_role_list);

int bo_role_list(bo *client, struct bo_role_list **ret_roles)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *roles = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListRoles", false);

        if (r >= 0)
                r = call_list(client, call, &role_record, &roles);
        if (r == 0)
                *ret_roles = roles;
        return r;
}

struct bo_role_list *bo_role_list_free(struct bo_role_list *roles)
{
        return page_free(&role_record, roles);
}
