/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The permissions of roles.conf: what each is for, and what else it takes to have it (R58, R71). */
#include "bo-accountd/policy/permission.h"
#include "bo-accountd/roles.h"

#include "common/cleanup.h"

#include <errno.h>
#include <string.h>

const struct permission *settings_permission(const struct settings *settings, const char *name)
{
        for (size_t i = 0; i < settings->n_permissions; i++)
                if (strcmp(settings->permissions[i].name, name) == 0)
                        return &settings->permissions[i];
        return NULL;
}

static bool permission_exists(void *settings, const char *name)
{
        return settings_permission(settings, name);
}

static void *permission_add(void *userdata, const char *name)
{
        struct settings *settings = userdata;
        struct permission *permissions = reallocarray(
                settings->permissions, settings->n_permissions + 1, sizeof(*permissions));
        struct permission *permission;

        if (!permissions)
                return NULL;
        settings->permissions = permissions;
        permission = &permissions[settings->n_permissions++];
        *permission = (struct permission){.name = strdup(name), .description = strdup("")};
        return permission->name && permission->description ? permission : NULL;
}

static int description_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct permission *permission = thing;

        (void)report; /* any text will do */
        return conf_text(line, &permission->description);
}

static int factor_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct permission *permission = thing;

        return conf_yes_no(line, &permission->second_factor, report);
}

static int address_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct permission *permission = thing;

        return conf_yes_no(line, &permission->approved_address, report);
}

static const struct conf_key keys[] = {
        {"Description", description_take},
        {"SecondFactor", factor_take},
        {"ApprovedAddress", address_take},
};

const struct conf_kind permission_kind = {
        "Permission",
        keys,
        ELEMENTS(keys),
        permission_is_name,
        "parts of a-z, 0-9 and '-' with dots between them, as users.view",
        permission_exists,
        permission_add,
};

int permissions_complete(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_roles; i++)
                for (size_t j = 0; j < settings->roles[i].n_permissions; j++) {
                        const char *name = settings->roles[i].permissions[j];

                        if (!settings_permission(settings, name) && !permission_add(settings, name))
                                return -ENOMEM;
                }
        return 0;
}

void permissions_free(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_permissions; i++) {
                free((char *)settings->permissions[i].name);
                free((char *)settings->permissions[i].description);
        }
        free(settings->permissions);
}
