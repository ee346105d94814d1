/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads accountd.conf and its drop-ins, line by line, and says what is wrong with each. */
#include "bo-accountd/settings_file.h"

#include "bo-accountd/settings_table.h"

#include <errno.h>
#include <string.h>

#define MAIN_SECTION   "Accounts"
#define SERVICE_PREFIX "Service "

bool settings_origin_claim(struct settings_draft *draft, struct settings_origin *origin,
                           const struct conf_line *line)
{
        if (origin->file == draft->n_files) {
                conf_complain(draft->report, line->file, line->number,
                              "%s= was set in line %u already; keep one of them", line->key,
                              origin->line);
                return false;
        }

        char *value = strdup(line->value);

        if (!value) {
                draft->error = -ENOMEM;
                return false;
        }
        free(origin->value);
        *origin = (struct settings_origin){draft->n_files, line->number, value};
        return true;
}

static void complain_of_key(struct settings_draft *draft, const struct conf_line *line)
{
        struct conf_nearest nearest = {.word = line->key};

        for (size_t i = 0; i < settings_table_size; i++)
                conf_nearest_offer(&nearest, settings_table[i].key);
        if (nearest.best)
                conf_complain(draft->report, line->file, line->number,
                              "%s= is not known; did you mean %s=?", line->key, nearest.best);
        else
                conf_complain(draft->report, line->file, line->number,
                              "%s= is not known; accountd.conf(5) lists all keys", line->key);
}

static void main_take(struct settings_draft *draft, const struct conf_line *line)
{
        const struct setting *setting = setting_find(line->key);

        if (!setting) {
                complain_of_key(draft, line);
                return;
        }
        if (!settings_origin_claim(draft, &draft->origins[setting - settings_table], line))
                return;

        int r = setting_store(setting, line->value, draft->settings);

        if (r == -EINVAL)
                conf_complain(draft->report, line->file, line->number,
                              "%s=%s is not valid; it takes %s", line->key, line->value,
                              setting->takes);
        else if (r < 0)
                draft->error = r;
}

/* Once for each heading; the keys below it are passed over. */
static void complain_of_section(struct settings_draft *draft, const struct conf_line *line)
{
        struct conf_nearest nearest = {.word = line->section};

        conf_nearest_offer(&nearest, MAIN_SECTION);
        conf_nearest_offer(&nearest, SERVICE_PREFIX "NAME");
        if (line->section[0] == '\0')
                conf_complain(draft->report, line->file, line->number,
                              "%s= stands before any heading; write [" MAIN_SECTION
                              "] in the line above",
                              line->key);
        else if (line->key)
                return;
        else if (nearest.best)
                conf_complain(draft->report, line->file, line->number,
                              "[%s] is not known; did you mean [%s]?", line->section, nearest.best);
        else
                conf_complain(draft->report, line->file, line->number,
                              "[%s] is not known; there are [" MAIN_SECTION "] and [" SERVICE_PREFIX
                              "NAME]",
                              line->section);
}

/* Remembers which file is being read, so that a value set twice in one is told from an override. */
static int file_enter(struct settings_draft *draft, const char *file)
{
        if (draft->n_files > 0 && strcmp(draft->files[draft->n_files - 1], file) == 0)
                return 0;

        char **files = reallocarray(draft->files, draft->n_files + 1, sizeof(*files));

        if (!files)
                return -ENOMEM;
        draft->files = files;
        files[draft->n_files] = strdup(file);
        if (!files[draft->n_files])
                return -ENOMEM;
        draft->n_files++;
        return 0;
}

static void on_settings_line(void *userdata, const struct conf_line *line)
{
        static const size_t prefix = sizeof(SERVICE_PREFIX) - 1;
        struct settings_draft *draft = userdata;

        if (draft->error == 0)
                draft->error = file_enter(draft, line->file);
        if (draft->error < 0)
                return;
        if (strncmp(line->section, SERVICE_PREFIX, prefix) == 0)
                settings_service_take(draft, line->section + prefix, line);
        else if (strcmp(line->section, MAIN_SECTION) != 0)
                complain_of_section(draft, line);
        else if (line->key)
                main_take(draft, line);
}

/* The main file, then the drop-ins, whose values replace the main file's. */
static int files_read(struct settings_draft *draft, const char *directory)
{
        _cleanup_(freep) char *file = NULL, *drop_ins = NULL;

        if (asprintf(&file, "%s/accountd.conf", directory) < 0 ||
            asprintf(&drop_ins, "%s/accountd.conf.d", directory) < 0)
                return -ENOMEM;

        int r = conf_read(file, on_settings_line, draft, draft->report);

        if (r < 0 && r != -ENOENT && r != -ENOMEM) {
                conf_complain(draft->report, file, 0, "cannot be read: %s", strerror(-r));
                r = 0;
        }
        if (r >= 0 || r == -ENOENT)
                r = conf_read_directory(drop_ins, on_settings_line, draft, draft->report);
        return r < 0 ? r : draft->error;
}

static void draft_release(struct settings_draft *draft)
{
        for (size_t i = 0; i < draft->n_files; i++)
                free(draft->files[i]);
        free(draft->files);
        for (size_t i = 0; draft->origins && i < settings_table_size; i++)
                free(draft->origins[i].value);
        free(draft->origins);
        for (size_t i = 0; i < draft->settings->n_services; i++)
                for (size_t key = 0; key < SERVICE_KEYS; key++)
                        free(draft->service_origins[i][key].value);
        free(draft->service_origins);
}

int settings_file_read(struct settings *settings, const char *directory, struct conf_report *report)
{
        _cleanup_(draft_release) struct settings_draft draft = {.settings = settings,
                                                                .report = report};
        int r = 0;

        draft.origins = calloc(settings_table_size, sizeof(*draft.origins));
        if (!draft.origins)
                return -ENOMEM;
        for (size_t i = 0; i < settings_table_size && r == 0; i++)
                r = setting_store(&settings_table[i], settings_table[i].fallback, settings);
        if (r == 0)
                r = files_read(&draft, directory);
        if (r == 0)
                r = settings_check(&draft);
        if (r == 0)
                settings_service_finish(&draft);
        return r == 0 ? settings_show(&draft) : r;
}
