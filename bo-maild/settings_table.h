/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of [Mail]: how it is read, where it goes, its default. */
#pragma once

#include "bo-maild/settings.h"

#include <stddef.h>

struct maild_setting {
        const char *key;
        const char *fallback;
        const char *takes; /* "an e-mail address" */
        int (*parse)(const struct maild_setting *setting, const char *value, void *field);
        size_t offset;
        uint64_t min, max;
};

extern const struct maild_setting maild_settings_table[];
extern const size_t maild_settings_table_size;

#define MAILD_SETTINGS_MOST 16

/* 0 or -EINVAL. */
int maild_setting_store(const struct maild_setting *setting, const char *value,
                        struct maild_settings *settings);
