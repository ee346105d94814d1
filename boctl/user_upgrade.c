/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user upgrade: an unverified user becomes verified (R42). */
#include "boctl/user.h"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

int verb_user_upgrade(struct request *request)
{
        _cleanup_(bo_string_freep) char *link = NULL;
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        const char *name = request->args[0], *email = request->args[1];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_become_verified(request->bo, uid, email, &link);
        if (r != 0)
                return fail_call(request, r, "Cannot make %s of %s", email, name);
        /* The upgrade stands, whatever can be told of it. */
        if (bo_user_get(request->bo, uid, &user) == 0)
                email = user->username;
        tell(request, "%s is now %s.", name, email);
        r = link_show(request, "user", email, link);
        if (user)
                user_warn(user);
        return r;
}
