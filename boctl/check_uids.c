/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Local users whose ids bo gives out as well (R17): two users with one id are one user. */
#include "boctl/check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>

#define PART       "uids"
#define NAMED_MOST 5

void check_uids(struct check *check)
{
        _cleanup_(fclosep) FILE *file = NULL;
        char path[PATH_MAX], names[256] = "";
        size_t n = 0, used = 0;

        if (check->uid_high == 0)
                return; /* UidRange= is not known; who asks for it is not told */
        check_part(check, PART);
        snprintf(path, sizeof(path), "%s/etc/passwd", check->root);
        file = fopen(path, "re");
        if (!file) {
                check_find(check, CHECK_SKIPPED, PART, "", "/etc/passwd: %s.", strerror(errno));
                return;
        }
        for (const struct passwd *local; (local = fgetpwent(file));) {
                if (local->pw_uid < check->uid_low || local->pw_uid > check->uid_high)
                        continue;
                if (n++ < NAMED_MOST && used < sizeof(names))
                        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%.32s (%u)",
                                                 used ? ", " : "", local->pw_name, local->pw_uid);
        }
        if (n > 0)
                check_find(check, CHECK_WARNING, PART,
                           "Give them other ids: usermod(8) with -u, then chown(1) their files; or "
                           "set "
                           "UidRange= of accountd.conf apart.",
                           "%zu local user%s of /etc/passwd with an id of UidRange=%" PRIu32
                           "-%" PRIu32 ", which a user of bo may have now or later: %s%s.",
                           n, n == 1 ? "" : "s", check->uid_low, check->uid_high, names,
                           n > NAMED_MOST ? " ..." : "");
}
