/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Settings while they are being read: who set what where, and what is wrong with it. */
#pragma once

#include "bo-accountd/settings.h"
#include "common/conf.h"

/* Where a value was set. */
struct settings_origin {
        size_t file; /* its number in the draft, from 1; 0: nowhere */
        unsigned line;
        char *value;
};

#define SERVICE_KEYS 7

struct settings_draft {
        struct settings *settings;
        struct settings_origin *origins; /* one for each entry of settings_table */
        struct settings_origin (*service_origins)[SERVICE_KEYS]; /* for each service, by its keys */
        char **files; /* those that had a line, the one being read last */
        size_t n_files;
        int error; /* the first errno of a callback */
        struct conf_report *report;
};

/* Reads accountd.conf and its drop-ins over the defaults, then tests what depends on each other. */
int settings_file_read(struct settings *settings, const char *directory,
                       struct conf_report *report);

/* A line of a section [Service NAME]. */
void settings_service_take(struct settings_draft *draft, const char *name,
                           const struct conf_line *line);

/* Batch and api ask for no code; what says otherwise is complained about. */
void settings_service_finish(struct settings_draft *draft);

/* Defaults that depend on the profile, and rules that more than one key decides. */
int settings_check(struct settings_draft *draft);

/* The @key-th key of a section [Service NAME], and its value as it would stand in the file. */
const char *settings_service_key(size_t key);
const char *settings_service_text(const struct service_settings *service, size_t key);

/* Keeps in the settings what is in force, and where it was set. 0, -ENOMEM. */
int settings_show(struct settings_draft *draft);
void settings_shown_free(struct settings *settings);

/* false, with a complaint, if @origin says that this file has set it before; else remembers @line.
 */
bool settings_origin_claim(struct settings_draft *draft, struct settings_origin *origin,
                           const struct conf_line *line);

/* Reads DIRECTORY/roles.conf. */
int roles_read(struct settings *settings, const char *directory, struct conf_report *report);
void roles_free(struct settings *settings);

/* Reads DIRECTORY/account-types.conf. */
int account_types_read(struct settings *settings, const char *directory,
                       struct conf_report *report);
void account_types_free(struct settings *settings);
