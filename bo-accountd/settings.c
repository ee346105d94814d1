/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads the settings as a whole, and frees them. */
#include "bo-accountd/settings.h"

#include "bo-accountd/settings_file.h"

#include <errno.h>

int settings_load(struct settings **ret_settings, const char *directory,
                  void (*report)(void *userdata, const char *message), void *userdata)
{
        struct conf_report complaints = {.message = report, .userdata = userdata};
        _cleanup_(settings_freep) struct settings *settings = calloc(1, sizeof(*settings));

        if (!settings)
                return -ENOMEM;

        int r = settings_file_read(settings, directory, &complaints);

        if (r == 0)
                r = roles_read(settings, directory, &complaints);
        if (r == 0)
                r = account_types_read(settings, directory, &complaints);
        if (r < 0)
                return r;
        if (complaints.errors > 0)
                return -EINVAL;
        *ret_settings = TAKE_PTR(settings);
        return 0;
}

struct settings *settings_free(struct settings *settings)
{
        if (!settings)
                return NULL;
        for (size_t i = 0; i < settings->n_services; i++) {
                free((char *)settings->services[i].name);
                free((char *)settings->services[i].permission);
                free((char *)settings->services[i].terminal);
                free((char *)settings->services[i].callers);
        }
        free(settings->services);
        settings_shown_free(settings);
        free(settings->source_exempt);
        roles_free(settings);
        account_types_free(settings);
        free((char *)settings->home_prefix);
        free((char *)settings->shell);
        free((char *)settings->issuer);
        free((char *)settings->link_template);
        free((char *)settings->operator_group);
        free((char *)settings->permission_group);
        free((char *)settings->terminal);
        free((char *)settings->customer);
        free(settings);
        return NULL;
}
