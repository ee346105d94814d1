/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables that the daemon gives a session, into the PAM environment. */
#include "pam_bo/environment.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"

#define PREFIX        "BO_"
#define PREFIX_SIZE   (sizeof(PREFIX) - 1)
#define VARIABLES_MAX 16
#define VARIABLE_MAX  4608 /* bytes of one, NAME=value */

/* Never PATH, LD_PRELOAD or whatever else a program would follow. */
static bool is_ours(const char *line)
{
        const char *equals = strchr(line, '=');
        size_t rest;

        if (!equals || strlen(line) > VARIABLE_MAX || strncmp(line, PREFIX, PREFIX_SIZE) != 0)
                return false;
        rest = strspn(line + PREFIX_SIZE, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
        return rest > 0 && line + PREFIX_SIZE + rest == equals;
}

int environment_put(const struct request *request, const char *text)
{
        _cleanup_(freep) char *copy = strdup(text);
        char *rest = copy, *line;

        if (!copy)
                return -ENOMEM;
        for (int n = 0; n < VARIABLES_MAX && (line = strsep(&rest, "\n")); n++) {
                if (!is_ours(line))
                        request_debug(request, "a variable of another name, or too long: left out");
                else if (pam_putenv(request->pamh, line) != PAM_SUCCESS)
                        return -ENOMEM;
        }
        return 0;
}
