/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is in force, key by key, with the file and line that set it: for GetSettings(). */
#include "bo-accountd/settings_file.h"
#include "bo-accountd/settings_table.h"
#include "common/text.h"

#include <errno.h>
#include <string.h>

/* The bus ends the connection of who sends what is no UTF-8, and names of files may be anything. */
static char *cleaned(const char *text)
{
        char *clean = malloc(strlen(text) + 1);

        if (clean)
                text_clean(clean, strlen(text) + 1, text, false);
        return clean;
}

static int shown_add(struct settings_draft *draft, const char *prefix, const char *name,
                     const char *key, const char *value, const struct settings_origin *origin)
{
        struct settings *settings = draft->settings;
        struct setting_shown *shown = &settings->shown[settings->n_shown++];

        *shown = (struct setting_shown){.key = key, .line = origin->line};
        if (asprintf(&shown->section, "%s%s", prefix, name) < 0)
                shown->section = NULL; /* its content is undefined then */
        shown->value = cleaned(value);
        shown->file = cleaned(origin->file > 0 ? draft->files[origin->file - 1] : "");
        return shown->section && shown->value && shown->file ? 0 : -ENOMEM;
}

static int main_show(struct settings_draft *draft, size_t i)
{
        const struct setting *setting = &settings_table[i];
        const struct settings_origin *origin = &draft->origins[i];
        bool by_nist = draft->settings->nist && setting->nist_fallback;
        const char *value = by_nist ? setting->nist_fallback : setting->fallback;

        return shown_add(draft, "Accounts", "", setting->key, origin->value ? origin->value : value,
                         origin);
}

int settings_show(struct settings_draft *draft)
{
        struct settings *settings = draft->settings;
        int r = 0;

        settings->shown = calloc(settings_table_size + settings->n_services * SERVICE_KEYS,
                                 sizeof(*settings->shown));
        if (!settings->shown)
                return -ENOMEM;
        for (size_t i = 0; r == 0 && i < settings_table_size; i++)
                r = main_show(draft, i);
        for (size_t i = 0; r == 0 && i < settings->n_services * SERVICE_KEYS; i++) {
                const struct service_settings *service = &settings->services[i / SERVICE_KEYS];
                size_t key = i % SERVICE_KEYS;

                r = shown_add(draft, "Service ", service->name, settings_service_key(key),
                              settings_service_text(service, key),
                              &draft->service_origins[i / SERVICE_KEYS][key]);
        }
        return r;
}

void settings_shown_free(struct settings *settings)
{
        for (size_t i = 0; i < settings->n_shown; i++) {
                free(settings->shown[i].section);
                free(settings->shown[i].value);
                free(settings->shown[i].file);
        }
        free(settings->shown);
}
