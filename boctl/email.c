/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl email: the caller's own address, which is his login name. */
#include "boctl/secret.h"
#include "boctl/user.h"

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

int verb_email_change(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(secret_wipe) struct secret_line password, code;
        const char *email = request->args[0];
        int r = user_get(request, NULL, "look at", &user);

        if (r != EXIT_DONE)
                return r;
        r = secret_ask(&password, "Login password: ", false);
        if (r == EXIT_DONE && user->otp_enabled)
                r = secret_ask(&code, "One-time code: ", true);
        if (r != EXIT_DONE)
                return r;
        r = bo_email_request(request->bo, user->uid, email, password.text,
                             user->otp_enabled ? code.text : NULL);
        if (r != 0)
                return fail_call(request, r, "Your address was not changed");
        tell(request, "If %s can be used here, a mail with a token is on its way to it.", email);
        tell(request, "`boctl email confirm` takes the token; until then nothing changes.");
        return EXIT_DONE;
}

int verb_email_confirm(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(secret_wipe) struct secret_line token;
        uint32_t uid;
        int r = uid_of(request, NULL, &uid);

        if (r == EXIT_DONE)
                r = secret_ask(&token, "Token from the mail: ", false);
        if (r != EXIT_DONE)
                return r;
        r = bo_email_confirm(request->bo, uid, token.text);
        if (r != 0)
                return fail_call(request, r, "Your address was not changed");
        if (bo_user_get(request->bo, uid, &user) == 0)
                tell(request, "You log in as %s from now on.", user->username);
        return EXIT_DONE;
}
