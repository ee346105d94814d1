/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Roles and what they permit, from roles.conf (R9, R19, R20). */
#include "bo-accountd/roles.h"
#include "bo-accountd/policy/name.h"
#include "bo-accountd/policy/permission.h"
#include "bo-accountd/policy/secondary.h"
#include "bo-accountd/settings_file.h"
#include "common/conf_value.h"

#include <errno.h>
#include <string.h>

const struct role *settings_role(const struct settings *settings, const char *name)
{
        for (size_t i = 0; i < settings->n_roles; i++)
                if (strcmp(settings->roles[i].name, name) == 0)
                        return &settings->roles[i];
        return NULL;
}

bool role_grants(const struct role *role, const char *permission)
{
        for (size_t i = 0; i < role->n_permissions; i++)
                if (strcmp(role->permissions[i], permission) == 0)
                        return true;
        return false; /* what no role lists is denied */
}

static bool role_exists(void *settings, const char *name)
{
        return settings_role(settings, name);
}

static void *role_add(void *userdata, const char *name)
{
        struct settings *settings = userdata;
        struct role *roles = reallocarray(settings->roles, settings->n_roles + 1, sizeof(*roles));
        struct role *role;

        if (!roles)
                return NULL;
        settings->roles = roles;
        role = &roles[settings->n_roles++];
        /* Nobody who shows a role needs to ask whether it has a description. */
        *role = (struct role){.name = strdup(name), .description = strdup("")};
        return role->name && role->description ? role : NULL;
}

struct permissions_draft {
        struct role *role;
        const struct conf_line *line;
        struct conf_report *report;
};

static int permission_take(void *userdata, const char *word)
{
        struct permissions_draft *draft = userdata;

        if (role_grants(draft->role, word))
                return 0;
        if (permission_is_name(word))
                return conf_list_add(&draft->role->permissions, &draft->role->n_permissions, word);
        conf_complain(draft->report, draft->line->file, draft->line->number,
                      "'%s' is no permission; write it as users.view", word);
        return 0;
}

static int permissions_take(void *role, const struct conf_line *line, struct conf_report *report)
{
        struct permissions_draft draft = {role, line, report};

        return conf_words(line->value, permission_take, &draft);
}

static int description_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct role *role = thing;

        (void)report; /* any text will do */
        return conf_text(line, &role->description);
}

static int factor_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct role *role = thing;

        return conf_yes_no(line, &role->second_factor, report);
}

static int secondary_take(void *thing, const struct conf_line *line, struct conf_report *report)
{
        struct role *role = thing;

        return conf_yes_no(line, &role->secondary, report);
}

/* R85: what a secondary never gets should not be promised to him. */
static void secondaries_check(const struct settings *settings, const char *directory,
                              struct conf_report *report)
{
        char file[256];

        snprintf(file, sizeof(file), "%s/roles.conf", directory);
        for (size_t i = 0; i < settings->n_roles; i++) {
                const struct role *role = &settings->roles[i];

                for (size_t j = 0; role->secondary && j < role->n_permissions; j++)
                        if (!secondary_may_hold(role->permissions[j]))
                                conf_complain(report, file, 0,
                                              "[Role %s] has Secondary=yes, and secondary users "
                                              "never get %s; remove it from Permissions=",
                                              role->name, role->permissions[j]);
        }
}

/* bo-c-ID and bo-l-ID are the groups of customers and locations: no role's may pass for one. */
static bool is_role_name(const char *name)
{
        return name_is_customer_id(name) && strncmp(name, "c-", 2) != 0 &&
               strncmp(name, "l-", 2) != 0;
}

int roles_read(struct settings *settings, const char *directory, struct conf_report *report)
{
        static const struct conf_key keys[] = {
                {"Description", description_take},
                {"Permissions", permissions_take},
                {"SecondFactor", factor_take},
                {"Secondary", secondary_take},
        };
        const struct conf_kind kinds[] = {
                {"Role", keys, ELEMENTS(keys), is_role_name,
                 "1 to 32 of a-z, 0-9 and '-', a letter first, not c- or l-", role_exists,
                 role_add},
                permission_kind,
        };
        struct conf_named named = {
                .kinds = kinds,
                .n_kinds = ELEMENTS(kinds),
                .report = report,
                .userdata = settings,
        };

        int r = conf_named_read(&named, directory, "roles.conf");

        if (r == 0)
                secondaries_check(settings, directory, report);
        return r < 0 ? r : permissions_complete(settings);
}

void roles_free(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_roles; i++) {
                struct role *role = &settings->roles[i];

                conf_list_free(role->permissions, role->n_permissions);
                free((char *)role->name);
                free((char *)role->description);
        }
        free(settings->roles);
        permissions_free(settings);
}
