/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads maild.conf and its drop-ins, line by line, and says what is wrong with each. */
#include "bo-maild/settings.h"

#include "bo-maild/password.h"
#include "bo-maild/settings_table.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define SECTION "Mail"

struct origin {
        char *file;
        unsigned line;
};

struct draft {
        struct maild_settings *settings;
        struct conf_report *report;
        struct origin origins[MAILD_SETTINGS_MOST]; /* where each was set last */
        int error;
};

static const struct maild_setting *find(const char *key)
{
        for (size_t i = 0; i < maild_settings_table_size; i++)
                if (strcmp(maild_settings_table[i].key, key) == 0)
                        return &maild_settings_table[i];
        return NULL;
}

static void complain_of_key(struct draft *draft, const struct conf_line *line)
{
        struct conf_nearest nearest = {.word = line->key};

        for (size_t i = 0; i < maild_settings_table_size; i++)
                conf_nearest_offer(&nearest, maild_settings_table[i].key);
        if (strcasecmp(line->key, "Password") == 0)
                conf_complain(draft->report, line->file, line->number,
                              "%s= is not known: a password never stands here; see PasswordFile=",
                              line->key);
        else if (nearest.best)
                conf_complain(draft->report, line->file, line->number,
                              "%s= is not known; did you mean %s=?", line->key, nearest.best);
        else
                conf_complain(draft->report, line->file, line->number,
                              "%s= is not known; maild.conf(5) lists all keys", line->key);
}

/* false: set twice in one file. A drop-in may set it again. */
static bool claim(struct draft *draft, struct origin *origin, const struct conf_line *line)
{
        if (origin->file && strcmp(origin->file, line->file) == 0) {
                conf_complain(draft->report, line->file, line->number,
                              "%s= was set in line %u already; keep one of them", line->key,
                              origin->line);
                return false;
        }
        free(origin->file);
        origin->file = strdup(line->file);
        origin->line = line->number;
        if (!origin->file)
                draft->error = -ENOMEM;
        return true;
}

static void assignment_take(struct draft *draft, const struct conf_line *line)
{
        const struct maild_setting *setting = find(line->key);

        if (!setting) {
                complain_of_key(draft, line);
                return;
        }
        if (!claim(draft, &draft->origins[setting - maild_settings_table], line))
                return;
        if (maild_setting_store(setting, line->value, draft->settings) < 0)
                conf_complain(draft->report, line->file, line->number,
                              "%s=%s is not valid; it takes %s", line->key, line->value,
                              setting->takes);
}

static void on_line(void *userdata, const struct conf_line *line)
{
        struct draft *draft = userdata;

        if (strcmp(line->section, SECTION) == 0) {
                if (line->key)
                        assignment_take(draft, line);
        } else if (!line->section[0]) {
                conf_complain(draft->report, line->file, line->number,
                              "%s= stands before any heading; write [" SECTION
                              "] in the line above",
                              line->key);
        } else if (!line->key) {
                conf_complain(draft->report, line->file, line->number,
                              "[%s] is not known; there is [" SECTION "] alone", line->section);
        }
}

static int files_read(struct draft *draft, const char *directory)
{
        _cleanup_(freep) char *file = NULL, *drop_ins = NULL;
        int r;

        if (asprintf(&file, "%s/maild.conf", directory) < 0 ||
            asprintf(&drop_ins, "%s/maild.conf.d", directory) < 0)
                return -ENOMEM;
        r = conf_read(file, on_line, draft, draft->report);
        if (r < 0 && r != -ENOENT && r != -ENOMEM) {
                conf_complain(draft->report, file, 0, "cannot be read: %s", strerror(-r));
                r = 0;
        }
        if (r >= 0 || r == -ENOENT)
                r = conf_read_directory(drop_ins, on_line, draft, draft->report);
        return r < 0 ? r : draft->error;
}

bool server_is_local(const char *server)
{
        const char *host = strstr(server, "://") + 3;
        size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

        if (length > 4 && strncmp(host, "127.", 4) == 0)
                return strspn(host, "0123456789.") == length;
        return (length == 9 && strncmp(host, "localhost", 9) == 0) ||
               (length == 5 && strncmp(host, "[::1]", 5) == 0);
}

/* Complains where a key was set, or of the directory where its default is at fault. */
static void complain_at(struct draft *draft, const char *key, const char *directory,
                        const char *text)
{
        const struct origin *origin = &draft->origins[find(key) - maild_settings_table];

        conf_complain(draft->report, origin->file ? origin->file : directory, origin->line, "%s",
                      text);
}

/* What one key cannot know of the others. */
static void check(struct draft *draft, const char *directory)
{
        struct maild_settings *settings = draft->settings;
        bool local = server_is_local(settings->server);
        bool from_start = strncmp(settings->server, "smtps:", 6) == 0;

        if (from_start && settings->start_tls != START_TLS_BY_SERVER &&
            settings->start_tls != START_TLS_REQUIRED)
                complain_at(draft, "StartTls", directory,
                            "smtps:// is encrypted from its beginning; take StartTls= away");
        if (settings->start_tls == START_TLS_BY_SERVER)
                settings->start_tls = local ? START_TLS_NO : START_TLS_REQUIRED;
        if (settings->user[0] && !local && !from_start && settings->start_tls != START_TLS_REQUIRED)
                complain_at(draft, "StartTls", directory,
                            "with User= it must be required: the password would be sent in clear");
}

static int defaults_fill(struct maild_settings *settings)
{
        char host[HOST_NAME_MAX + 1] = "localhost";

        /* Cut off without an end where it is too long, which it never is on Linux. */
        if (!settings->hostname[0] && gethostname(host, sizeof(host)) == 0)
                snprintf(settings->hostname, sizeof(settings->hostname), "%.*s",
                         (int)sizeof(host) - 1, host);
        if (!settings->from[0])
                snprintf(settings->from, sizeof(settings->from), "noreply@%.200s",
                         settings->hostname);
        return 0;
}

static void draft_release(struct draft *draft)
{
        for (size_t i = 0; i < MAILD_SETTINGS_MOST; i++)
                free(draft->origins[i].file);
}

static int read_all(struct maild_settings *settings, const char *directory,
                    struct conf_report *report)
{
        _cleanup_(draft_release) struct draft draft = {.settings = settings, .report = report};
        int r = 0;

        for (size_t i = 0; r == 0 && i < maild_settings_table_size; i++)
                r = maild_setting_store(&maild_settings_table[i], maild_settings_table[i].fallback,
                                        settings);
        if (r == 0)
                r = files_read(&draft, directory);
        if (r == 0 && report->errors == 0)
                check(&draft, directory);
        if (r == 0)
                r = defaults_fill(settings);
        if (r == 0 && report->errors == 0 && settings->user[0])
                r = password_read(&settings->password, settings->password_file, report);
        return r;
}

int maild_settings_load(struct maild_settings **ret_settings, const char *directory,
                        struct conf_report *report)
{
        _cleanup_(maild_settings_freep) struct maild_settings *settings =
                calloc(1, sizeof(*settings));
        size_t errors = report->errors;
        int r;

        if (!settings)
                return -ENOMEM;
        r = read_all(settings, directory, report);
        if (r < 0)
                return r;
        if (report->errors > errors)
                return -EINVAL;
        *ret_settings = TAKE_PTR(settings);
        return 0;
}

struct maild_settings *maild_settings_free(struct maild_settings *settings)
{
        if (settings)
                secret_free(settings->password);
        free(settings);
        return NULL;
}
