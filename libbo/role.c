/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The role and permission matrix (R19). */
#include <errno.h>

#include "libbo/internal.h"
#include "libbo/record.h"

static const struct field role_fields[] = {
        {"Name", FIELD_STRING, offsetof(struct bo_role, name), 0},
        {"Description", FIELD_STRING, offsetof(struct bo_role, description), 0},
        {"Permissions", FIELD_STRINGS, offsetof(struct bo_role, permissions),
         offsetof(struct bo_role, n_permissions)},
        {"SecondFactor", FIELD_BOOL, offsetof(struct bo_role, second_factor), 0},
};

static const struct record role_record = {role_fields, ELEMENTS(role_fields),
                                          sizeof(struct bo_role)};

DEFINE_CLEANUP(struct bo_role_list *, bo_role_list_free)

int bo_role_list(bo *client, struct bo_role_list **ret_roles)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        _cleanup_(bo_role_list_freep) struct bo_role_list *roles = calloc(1, sizeof(*roles));
        void *items = NULL;
        int r;

        if (!roles)
                return -ENOMEM;
        r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListRoles", false);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = records_read(reply, &role_record, &items, &roles->n_items);
        if (r < 0)
                return r;
        roles->items = items;
        *ret_roles = TAKE_PTR(roles);
        return 0;
}

struct bo_role_list *bo_role_list_free(struct bo_role_list *roles)
{
        if (roles)
                records_free(&role_record, roles->items, roles->n_items);
        free(roles);
        return NULL;
}
