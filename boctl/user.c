/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user edit, enable, disable, roles, password: what is done to a user. */

#include "boctl/user.h"
#include "boctl/secret.h"

int uid_of(struct request *request, const char *name, uint32_t *ret_uid)
{
        int r;

        if (name) {
                r = bo_user_find(request->bo, name, ret_uid);
                return r == 0 ? EXIT_DONE : fail_call(request, r, "Cannot find the user %s", name);
        }
        *ret_uid = geteuid();
        r = bo_user_find_uid(request->bo, *ret_uid);
        return r == 0 ? EXIT_DONE
                      : fail_call(request, r, "Cannot find you (uid %u) among the users", *ret_uid);
}

int user_get(struct request *request, const char *name, const char *what, struct bo_user **ret_user)
{
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_get(request->bo, uid, ret_user);
        return r == 0 ? EXIT_DONE
                      : fail_call(request, r, "Cannot %s %s", what, name ? name : "yourself");
}

int verb_user_edit(struct request *request)
{
        uint32_t uid;
        int r = uid_of(request, NULL, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_set_profile(request->bo, uid, request->value[OPTION_FULL_NAME]);
        if (r != 0)
                return fail_call(request, r, "Cannot change your full name");
        tell(request, "Your full name is changed.");
        return EXIT_DONE;
}

int verb_user_enable(struct request *request)
{
        const char *name = request->args[0];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_enable(request->bo, uid, request->value[OPTION_CUSTOMER]);
        if (r != 0)
                return fail_call(request, r, "Cannot enable %s", name);
        tell(request, "%s is enabled.", name);
        return EXIT_DONE;
}

int verb_user_disable(struct request *request)
{
        const char *name = request->args[0];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_disable(request->bo, uid, request->value[OPTION_CUSTOMER],
                            request->value[OPTION_REASON]);
        if (r != 0)
                return fail_call(request, r, "Cannot disable %s", name);
        tell(request, "%s is disabled.", name);
        return EXIT_DONE;
}

/* "admin, viewer" for people; the words come from the command line. */
static void roles_join(char *out, size_t size, const char *const *roles)
{
        size_t used = 0;

        snprintf(out, size, "none");
        for (; *roles && used < size; roles++)
                used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", *roles);
}

int verb_user_roles(struct request *request)
{
        const char *name = request->args[0], *customer = request->value[OPTION_CUSTOMER];
        char roles[512];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r != EXIT_DONE)
                return r;
        r = bo_user_set_roles(request->bo, uid, customer, request->roles);
        if (r != 0)
                return fail_call(request, r, "Cannot set the roles of %s in %s", name, customer);
        roles_join(roles, sizeof(roles), request->roles);
        tell(request, "Roles of %s in %s: %s.", name, customer, roles);
        return EXIT_DONE;
}

int verb_user_password(struct request *request)
{
        _cleanup_(secret_wipe) struct secret_line password;
        const char *name = request->args[0];
        uint32_t uid;
        int r = uid_of(request, name, &uid);

        if (r == EXIT_DONE)
                r = secret_for_api(&password, request);
        if (r != EXIT_DONE)
                return r;
        r = bo_user_set_api_password(request->bo, uid, password.text);
        if (r != 0)
                return fail_call(request, r, "Cannot set the password of %s", name);
        tell(request, "The password of %s is set.", name);
        if (request->given & OPTION_BIT(GENERATE))
                return generated_tell(request, name, &password);
        return EXIT_DONE;
}
