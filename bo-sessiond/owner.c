/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this uid's sessions be ended? Decided here, whatever the daemon says. */
#include "bo-sessiond/owner.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>

#include "bo-accountd/settings.h"
#include "common/cleanup.h"
#include "nss_bo/snapshot_format.h"
#include "nss_bo/snapshot_read.h"

DEFINE_CLEANUP(struct snapshot *, snapshot_close)

struct rule {
        uint32_t first, last; /* UidRange= */
        bool bound;           /* Customer= */
};

/* Faulty settings, which bo-accountd --check-config explains, leave those before in force, as they
 * do there; at start they allow nobody. */
static struct rule rule_load(const char *config)
{
        static struct rule rule = {.first = 1};
        _cleanup_(settings_freep) struct settings *settings = NULL;

        if (settings_load(&settings, config, NULL, NULL) == 0)
                rule = (struct rule){
                        .first = settings->uid_first,
                        .last = settings->uid_last,
                        .bound = settings->customer[0] != '\0',
                };
        return rule;
}

/* The file itself, not NSS: no module of another source comes into this process. */
static bool is_local(uint32_t uid)
{
        FILE *file = fopen("/etc/passwd", "re");
        const struct passwd *entry;
        bool found = false;

        if (!file)
                return true; /* nobody can tell */
        errno = 0;
        while (!found && (entry = fgetpwent(file)))
                found = entry->pw_uid == uid;
        if (!found && errno != 0 && errno != ENOENT)
                found = true;
        fclose(file);
        return found;
}

static bool is_published(uint32_t uid, const char *directory)
{
        _cleanup_(snapshot_closep) struct snapshot *opened = NULL;
        struct snapshot snapshot;
        struct snapshot_record record;

        if (snapshot_open(&snapshot, directory) < 0)
                return false;
        opened = &snapshot;
        return snapshot_find_id(opened, uid, &record) == 1 && record.is_user;
}

const char *owner_refuses(uint32_t uid, const char *config, const char *snapshot)
{
        const struct rule rule = rule_load(config);

        if (uid < SNAPSHOT_ID_LOWEST || uid == UINT32_MAX)
                return "it belongs to the system";
        if (uid < rule.first || uid > rule.last)
                return "it is outside of UidRange=, or the settings were faulty at start";
        if (is_local(uid))
                return "/etc/passwd has it";
        /* Who is a member no more of the customer that this host is bound to has left the snapshot
         * with that, and his sessions are to end. */
        if (rule.bound || is_published(uid, snapshot))
                return NULL;
        return "the snapshot does not show such a user of bo";
}
