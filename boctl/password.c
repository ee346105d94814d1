/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl password: the caller's own (R4), or a link for one that was forgotten (R75). */
#include "boctl/secret.h"
#include "boctl/user.h"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

/* Says the same of everybody. */
static int forgot(struct request *request, const char *name)
{
        int r = bo_reset_request(request->bo, name, NULL);

        if (r != 0)
                return fail_call(request, r, "Cannot ask for a link");
        tell(request, "If this account has a mailbox that bo delivers to, a mail with a link is on "
                      "its way.");
        tell(request, "If none comes, ask your administrator for a token.");
        return EXIT_DONE;
}

/* Whoever changes a password because others may know it should think of the key as well. */
static void key_tell(const struct request *request, uint32_t uid)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        char begin[KEY_BEGIN_SIZE];

        if (bo_user_get(request->bo, uid, &user) == 0 && key_begin(begin, user))
                tell(request, "Your API key %s keeps working. `boctl key delete` ends it.", begin);
}

static int change(struct request *request)
{
        _cleanup_(secret_wipe) struct secret_line old;
        _cleanup_(secret_wipe) struct secret_line new;
        uint32_t uid;
        int r = uid_of(request, NULL, &uid); /* told before anything is typed in vain */

        if (r == EXIT_DONE)
                r = secret_ask(&old, "Current password: ", false);
        if (r == EXIT_DONE)
                r = secret_ask_new(&new);
        if (r != EXIT_DONE)
                return r;
        r = bo_user_change_password(request->bo, uid, old.text, new.text);
        if (r != 0)
                return fail_call(request, r, "Your password was not changed");
        tell(request, "Your password was changed.");
        key_tell(request, uid);
        return EXIT_DONE;
}

int verb_password(struct request *request)
{
        const char *name = request->value[OPTION_FORGOT];

        return name ? forgot(request, name) : change(request);
}
