/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Permissions: which there are (R19), and whether a user has one here and now (R9, R58, R71). */
#include <errno.h>

#include "libbo/page.h"

static const struct field permission_fields[] = {
        {"Name", FIELD_STRING, offsetof(struct bo_permission, name), 0},
        {"Description", FIELD_STRING, offsetof(struct bo_permission, description), 0},
        {"SecondFactor", FIELD_BOOL, offsetof(struct bo_permission, second_factor), 0},
        {"ApprovedAddress", FIELD_BOOL, offsetof(struct bo_permission, approved_address), 0},
};

static const struct record permission_record = {permission_fields, ELEMENTS(permission_fields),
                                                sizeof(struct bo_permission)};

IS_LIST(struct bo_permission_list);

int bo_permission_list(bo *client, struct bo_permission_list **ret_permissions)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        void *permissions = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "ListPermissions", false);

        if (r >= 0)
                r = call_list(client, call, &permission_record, &permissions);
        if (r == 0)
                *ret_permissions = permissions;
        return r;
}

struct bo_permission_list *bo_permission_list_free(struct bo_permission_list *permissions)
{
        return page_free(&permission_record, permissions);
}

static int context_append(sd_bus_message *call, const struct bo_permission_context *context)
{
        static const struct bo_permission_context nowhere;
        const struct bo_permission_context *given = context ? context : &nowhere;
        const struct text_option options[] = {
                {"Customer", given->customer}, {"Location", given->location},
                {"Service", given->service},   {"Rhost", given->rhost},
                {"Tty", given->tty},
        };

        return append_options(call, options, ELEMENTS(options));
}

/* Nothing is written unless all of the answer is there. */
static int answer_read(sd_bus_message *reply, bool *ret_allowed, char **ret_reason)
{
        const char *reason;
        int allowed, r = sd_bus_message_read(reply, "bs", &allowed, &reason);

        if (r <= 0)
                return call_malformed(r);
        if (ret_reason) {
                *ret_reason = text_cleaned(reason);
                if (!*ret_reason)
                        return -ENOMEM;
        }
        *ret_allowed = allowed;
        return 0;
}

int bo_check_permission(bo *client, const char *user, const char *permission,
                        const struct bo_permission_context *context, bool *ret_allowed,
                        char **ret_reason)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "CheckPermission", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "ss", user ? user : "", permission);
        if (r >= 0)
                r = context_append(call, context);
        if (r >= 0)
                r = call_send(client, call, &reply);
        return r != 0 ? r : answer_read(reply, ret_allowed, ret_reason);
}
