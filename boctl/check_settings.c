/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of the daemons, in the words of the daemons. */
#include "boctl/check.h"
#include "boctl/program.h"

#include <string.h>

static void daemon_check(struct check *check, const char *path, const char *unit)
{
        char *const argv[] = {(char *)path, (char *)"--check-config", NULL};
        char said[4096], remedy[256];
        bool told = false;
        int code;

        if (access(path, X_OK) < 0)
                return;
        code = program_run(argv, said, sizeof(said));
        if (code == 0)
                return;
        if (code == PROGRAM_NOT_RUN) {
                check_find(check, CHECK_SKIPPED, "settings", "Try again.",
                           "`%s --check-config` could not be run, or gave no answer.", path);
                return;
        }
        snprintf(remedy, sizeof(remedy),
                 "Correct the file: %s(5). Then `%s --check-config && systemctl reload-or-restart "
                 "%s`.",
                 strcmp(unit, "bo-maild") == 0 ? "maild.conf" : "accountd.conf", path, unit);
        for (char *line = strtok(said, "\n"); line; line = strtok(NULL, "\n"))
                if (strchr(line, ':') && !strstr(line, "cannot be used")) {
                        check_find(check, CHECK_FAULT, "settings", remedy, "%s", line);
                        told = true;
                }
        if (!told)
                check_find(check, CHECK_FAULT, "settings", remedy, "%s --check-config failed (%d).",
                           path, code);
}

void check_settings(struct check *check)
{
        check_part(check, "settings");
        daemon_check(check, BO_LIBEXEC_DIR "/bo-accountd", "bo-accountd");
        daemon_check(check, BO_LIBEXEC_DIR "/bo-maild", "bo-maild");
}
