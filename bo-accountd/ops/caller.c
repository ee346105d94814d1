/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that ask in the name of a service, by its Callers=. */
#include "bo-accountd/ops/caller.h"

#include "bo-accountd/policy/caller.h"

#include <pwd.h>

/* Of this host, whom the daemon's NSS knows: no user of bo gets there by a name that he was given.
 */
static bool is_user(uid_t uid, const char *name)
{
        struct passwd passwd, *found = NULL;
        char text[4096];

        return getpwnam_r(name, &passwd, text, sizeof(text), &found) == 0 && found &&
               passwd.pw_uid == uid;
}

static bool is_named(const struct op *op, const struct caller *caller)
{
        switch (caller->kind) {
        case CALLER_USER:
                return is_user(op->actor_uid, caller->name);
        case CALLER_UID:
                return op->actor_uid == caller->uid;
        case CALLER_GROUP:
                return actor_is_in_group(op, caller->name);
        }
        return false;
}

bool actor_calls_for(const struct op *op, const char *service)
{
        const char *list = settings_service(op->settings, service).callers;
        struct caller caller;

        if (op->actor_uid == 0)
                return true;
        while (list && caller_next(&list, &caller) > 0)
                if (is_named(op, &caller))
                        return true;
        return false;
}
