/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose user a name is: asked of NSS and of the snapshot, never of the daemon. */
#include "pam_bo/owner.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>

#include "common/cleanup.h"
#include "nss_bo/snapshot_format.h"
#include "nss_bo/snapshot_read.h"

#define STRINGS_FIRST 1024U
#define STRINGS_LAST  (1024U * 1024U)

/* Whom NSS has, while bo cannot look up its own: below the lowest uid of bo it is nobody of bo's.
 */
static enum owner owner_without_snapshot(uid_t uid)
{
        return uid < SNAPSHOT_ID_LOWEST ? OWNER_FOREIGN : OWNER_UNAVAILABLE;
}

DEFINE_CLEANUP(struct snapshot *, snapshot_close)

/* Whether any source of NSS has @name. An error counts as no: only a clear yes makes it foreign. */
static bool nss_find(const char *name, uid_t *ret_uid)
{
        for (size_t size = STRINGS_FIRST; size <= STRINGS_LAST; size *= 4) {
                _cleanup_(freep) char *strings = malloc(size);
                struct passwd entry, *found = NULL;
                int r;

                if (!strings)
                        return false;
                r = getpwnam_r(name, &entry, strings, size, &found);
                if (r == ERANGE)
                        continue;
                if (r != 0 || !found)
                        return false;
                *ret_uid = found->pw_uid;
                return true;
        }
        return false;
}

/* 1: @find is a user of bo, 0: it is not, < 0: damaged there. */
static int user_only(int found, const struct snapshot_record *record)
{
        return found > 0 && !record->is_user ? 0 : found;
}

/*
 * nscd, or a process that has mapped an old snapshot, may still answer for a name that bo has
 * buried (R43): its uid gives it away, and it must not become a foreign user that bo lets pass.
 */
static enum owner owner_in(const struct snapshot *snapshot, const char *name, const uid_t *uid)
{
        struct snapshot_record record;
        int r = user_only(snapshot_find_name(snapshot, name, &record), &record);

        if (r > 0)
                return uid && *uid != record.id ? OWNER_CONTRADICTED : OWNER_BO;
        if (!uid)
                return OWNER_UNKNOWN;
        if (r == 0)
                r = user_only(snapshot_find_id(snapshot, *uid, &record), &record);
        if (r < 0)
                return owner_without_snapshot(*uid);
        return r > 0 ? OWNER_CONTRADICTED : OWNER_FOREIGN;
}

enum owner owner_find(const char *name)
{
        _cleanup_(snapshot_closep) struct snapshot *opened = NULL;
        struct snapshot snapshot;
        uid_t uid = 0;
        bool known;
        int r;

        if (strcmp(name, "root") == 0)
                return OWNER_ROOT;
        known = nss_find(name, &uid);
        if (known && uid == 0)
                return OWNER_ROOT;
        r = snapshot_open(&snapshot, BO_SNAPSHOT_DIR);
        if (r < 0 && !known)
                return OWNER_UNKNOWN;
        if (r == -ENOENT) /* none was ever published: bo has no users, and nobody to guard */
                return OWNER_FOREIGN;
        if (r < 0)
                return owner_without_snapshot(uid);
        opened = &snapshot;
        return owner_in(opened, name, known ? &uid : NULL);
}
