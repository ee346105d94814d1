/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Roles and what they permit, from roles.conf (R9, R19, R20). */
#include "bo-accountd/policy/name.h"
#include "bo-accountd/settings_file.h"
#include "common/conf_value.h"

#include <errno.h>
#include <string.h>

#define ROLE_PREFIX         "Role "
#define PERMISSION_MAX      64
#define PERMISSION_ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789-."

struct roles_draft {
        struct settings *settings;
        struct conf_report *report;
        bool refused; /* the section under way is no role: its keys are passed over */
        bool factor_set;
        int error;
};

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

static int role_add(struct settings *settings, const char *name)
{
        struct role *roles = reallocarray(settings->roles, settings->n_roles + 1, sizeof(*roles));

        if (!roles)
                return -ENOMEM;
        settings->roles = roles;
        roles[settings->n_roles] = (struct role){.name = strdup(name)};
        if (!roles[settings->n_roles].name)
                return -ENOMEM;
        settings->n_roles++;
        return 0;
}

/* A heading begins a role; the role under way is always the last one. */
static void heading_take(struct roles_draft *draft, const struct conf_line *line)
{
        static const size_t prefix = sizeof(ROLE_PREFIX) - 1;
        const char *name = line->section + prefix;

        draft->refused = true;
        if (strncmp(line->section, ROLE_PREFIX, prefix) != 0)
                conf_complain(draft->report, line->file, line->number,
                              "[%s] is not known; write [" ROLE_PREFIX "NAME]", line->section);
        else if (!name_is_customer_id(name))
                conf_complain(draft->report, line->file, line->number,
                              "[%s] has no valid name; it takes 1 to 32 of a-z, 0-9 and '-', a "
                              "letter first",
                              line->section);
        else if (settings_role(draft->settings, name))
                conf_complain(draft->report, line->file, line->number,
                              "[%s] stands here a second time; join the two", line->section);
        else {
                draft->refused = false;
                draft->factor_set = false;
                draft->error = role_add(draft->settings, name);
        }
}

/* "noun.verb": parts of letters, digits and '-', at least two of them. */
static bool is_permission(const char *word)
{
        size_t length = strlen(word);

        return length <= PERMISSION_MAX && strspn(word, PERMISSION_ALPHABET) == length &&
               word[0] != '.' && word[length - 1] != '.' && strchr(word, '.') &&
               !strstr(word, "..");
}

static int permission_add(struct role *role, const char *word)
{
        const char **words =
                reallocarray((void *)role->permissions, role->n_permissions + 1, sizeof(*words));

        if (!words)
                return -ENOMEM;
        role->permissions = words;
        words[role->n_permissions] = strdup(word);
        if (!words[role->n_permissions])
                return -ENOMEM;
        role->n_permissions++;
        return 0;
}

static void permissions_take(struct roles_draft *draft, struct role *role,
                             const struct conf_line *line)
{
        _cleanup_(freep) char *copy = strdup(line->value);
        char *rest = copy;

        if (!copy) {
                draft->error = -ENOMEM;
                return;
        }
        for (char *word = strsep(&rest, " \t"); word; word = strsep(&rest, " \t")) {
                if (word[0] == '\0' || role_grants(role, word))
                        continue;
                if (!is_permission(word))
                        conf_complain(draft->report, line->file, line->number,
                                      "'%s' is no permission; write it as users.view", word);
                else if (draft->error == 0)
                        draft->error = permission_add(role, word);
        }
}

static void description_take(struct roles_draft *draft, struct role *role,
                             const struct conf_line *line)
{
        role->description = strdup(line->value);
        if (!role->description)
                draft->error = -ENOMEM;
}

static void factor_take(struct roles_draft *draft, struct role *role, const struct conf_line *line)
{
        draft->factor_set = true;
        if (conf_boolean(line->value, &role->second_factor) < 0)
                conf_complain(draft->report, line->file, line->number,
                              "SecondFactor=%s is not valid; it takes yes or no", line->value);
}

static void unknown_complain(struct roles_draft *draft, const struct conf_line *line)
{
        struct conf_nearest nearest = {.word = line->key};

        conf_nearest_offer(&nearest, "Description");
        conf_nearest_offer(&nearest, "Permissions");
        conf_nearest_offer(&nearest, "SecondFactor");
        conf_complain(draft->report, line->file, line->number, "%s= is not known; %s%s=%s",
                      line->key, nearest.best ? "did you mean " : "there are ",
                      nearest.best ? nearest.best : "Description=, Permissions= and SecondFactor",
                      nearest.best ? "?" : "");
}

static void key_take(struct roles_draft *draft, struct role *role, const struct conf_line *line)
{
        bool describes = strcmp(line->key, "Description") == 0;
        bool permits = strcmp(line->key, "Permissions") == 0;
        bool demands = strcmp(line->key, "SecondFactor") == 0;

        if ((describes && role->description) || (permits && role->n_permissions > 0) ||
            (demands && draft->factor_set))
                conf_complain(draft->report, line->file, line->number,
                              "%s= was set already for role %s; keep one of them", line->key,
                              role->name);
        else if (describes)
                description_take(draft, role, line);
        else if (permits)
                permissions_take(draft, role, line);
        else if (demands)
                factor_take(draft, role, line);
        else
                unknown_complain(draft, line);
}

static void on_role_line(void *userdata, const struct conf_line *line)
{
        struct roles_draft *draft = userdata;

        if (draft->error < 0)
                return;
        if (!line->key)
                heading_take(draft, line);
        else if (line->section[0] == '\0')
                conf_complain(draft->report, line->file, line->number,
                              "%s= stands before any heading; write [" ROLE_PREFIX
                              "NAME] in the line above",
                              line->key);
        else if (!draft->refused)
                key_take(draft, &draft->settings->roles[draft->settings->n_roles - 1], line);
}

/* So that nobody who shows a role needs to ask whether it has a description. */
static int descriptions_complete(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_roles; i++) {
                struct role *role = &settings->roles[i];

                if (!role->description)
                        role->description = strdup("");
                if (!role->description)
                        return -ENOMEM;
        }
        return 0;
}

int roles_read(struct settings *settings, const char *directory, struct conf_report *report)
{
        struct roles_draft draft = {.settings = settings, .report = report};
        _cleanup_(freep) char *file = NULL;

        if (asprintf(&file, "%s/roles.conf", directory) < 0)
                return -ENOMEM;

        int r = conf_read(file, on_role_line, &draft, report);

        if (r == -ENOENT)
                return 0;
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                conf_complain(report, file, 0, "cannot be read: %s", strerror(-r));
        return draft.error < 0 ? draft.error : descriptions_complete(settings);
}

void roles_free(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_roles; i++) {
                struct role *role = &settings->roles[i];

                for (size_t j = 0; j < role->n_permissions; j++)
                        free((char *)role->permissions[j]);
                free((void *)role->permissions);
                free((char *)role->name);
                free((char *)role->description);
        }
        free(settings->roles);
}
