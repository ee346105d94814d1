/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key of [Accounts]: how it is read, where it goes, its range and its default. */
#pragma once

#include "bo-accountd/settings.h"

struct setting {
        const char *key;
        const char *fallback;      /* written as in the file */
        const char *nist_fallback; /* under Profile=nist, if that differs */
        const char *takes;         /* "a number from 3 to 10" */
        int (*parse)(const struct setting *setting, const char *value, struct settings *settings);
        size_t offset;
        uint64_t min, max;
        bool may_be_off; /* "off" stores 0 */
};

extern const struct setting settings_table[];
extern const size_t settings_table_size;

/* Stores @value where it belongs. 0, -EINVAL, -ENOMEM. */
int setting_store(const struct setting *setting, const char *value, struct settings *settings);

/* NULL if there is none of that name. */
const struct setting *setting_find(const char *key);
