/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl user show: everything about a user but secrets (R16). */
#include <string.h>

#include "boctl/table.h"
#include "boctl/user.h"
#include "common/clock.h"

#define PASSWORD_OLD_DAYS 365 /* of an API user, whose password does not expire (R5) */

enum {
        USERNAME,
        UID,
        KIND,
        STATUS,
        STATUS_REASON,
        LOCKED_UNTIL,
        EMAIL,
        FULL_NAME,
        VERIFIED,
        GENERATED,
        WARNINGS,
        CUSTOMERS,
        ROLES,
        LOCATIONS,
        RESTRICTED,
        OTP,
        API_KEY,
        API_KEY_CREATED,
        API_KEY_USED,
        PASSWORD_CHANGED,
        PASSWORD_AGE,
        PASSWORD_OLD,
        PASSWORD_EXPIRES,
        LAST_LOGIN,
        CREATED,
        ACTIVATED,
        HOME,
        SHELL,
};

static const struct column columns[] = {
        [USERNAME] = {"username", "Name", CELL_TEXT},
        [UID] = {"uid", "Uid", CELL_NUMBER},
        [KIND] = {"kind", "Kind", CELL_TEXT},
        [STATUS] = {"status", "Status", CELL_TEXT},
        [STATUS_REASON] = {"status_reason", "Why", CELL_TEXT},
        [LOCKED_UNTIL] = {"locked_until", "Locked until", CELL_TIME},
        [EMAIL] = {"email", "E-mail", CELL_TEXT},
        [FULL_NAME] = {"full_name", "Full name", CELL_TEXT},
        [VERIFIED] = {"verified", "Verified", CELL_BOOL},
        [GENERATED] = {"generated", "Name made by bo", CELL_BOOL},
        [WARNINGS] = {"warnings", "Warnings", CELL_LIST},
        [CUSTOMERS] = {"customers", "Customers", CELL_LIST},
        [ROLES] = {"roles", "Roles", CELL_LIST},
        [LOCATIONS] = {"locations", "Locations", CELL_LIST},
        [RESTRICTED] = {"restricted", "Restricted at", CELL_LIST},
        [OTP] = {"otp_enabled", "Second factor", CELL_BOOL},
        [API_KEY] = {"api_key", "API key", CELL_TEXT},
        [API_KEY_CREATED] = {"api_key_created", "API key made", CELL_TIME},
        [API_KEY_USED] = {"api_key_used", "API key used", CELL_TIME},
        [PASSWORD_CHANGED] = {"password_changed", "Password set", CELL_TIME},
        [PASSWORD_AGE] = {"password_age_days", "Password age days", CELL_NUMBER},
        [PASSWORD_OLD] = {"password_old", "Password old", CELL_BOOL},
        [PASSWORD_EXPIRES] = {"password_expires", "Password expires", CELL_TIME},
        [LAST_LOGIN] = {"last_login", "Last login", CELL_TIME},
        [CREATED] = {"created", "Created", CELL_TIME},
        [ACTIVATED] = {"activated", "Activated", CELL_TIME},
        [HOME] = {"home", "Home", CELL_TEXT},
        [SHELL] = {"shell", "Shell", CELL_TEXT},
};

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

static bool is_api(const struct bo_user *user)
{
        return user->kind && strcmp(user->kind, "api") == 0;
}

/* A clock that was set back makes no age. */
static uint64_t password_age_days(const struct bo_user *user)
{
        uint64_t now_usec = clock_realtime_usec();

        return now_usec > user->password_changed_usec
                       ? (now_usec - user->password_changed_usec) / USEC_PER_DAY
                       : 0;
}

static bool password_is_old(const struct bo_user *user)
{
        return is_api(user) && user->password_changed_usec != 0 &&
               password_age_days(user) >= PASSWORD_OLD_DAYS;
}

static void password_cells(struct table *table, const struct request *request,
                           const struct bo_user *user)
{
        table_time(table, PASSWORD_CHANGED, user->password_changed_usec);
        if (user->password_changed_usec != 0)
                table_number(table, PASSWORD_AGE, password_age_days(user));
        if (request->json)
                table_bool(table, PASSWORD_OLD, password_is_old(user));
        table_time(table, PASSWORD_EXPIRES, user->password_expires_usec);
}

static void key_cells(struct table *table, const struct bo_user *user)
{
        char begin[KEY_BEGIN_SIZE];

        if (!key_begin(begin, user))
                return;
        table_text(table, API_KEY, begin);
        table_time(table, API_KEY_CREATED, user->api_key_created_usec);
        table_time(table, API_KEY_USED, user->api_key_used_usec);
}

static int user_record(const struct request *request, const struct bo_user *user)
{
        _cleanup_(table_freep) struct table *table =
                table_new(request, "user", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_text(table, USERNAME, user->username);
        table_number(table, UID, user->uid);
        table_text(table, KIND, user->kind);
        table_text(table, STATUS, user->status);
        table_text(table, STATUS_REASON, user->status_reason);
        if (user->locked_until_usec != 0)
                table_time(table, LOCKED_UNTIL, user->locked_until_usec);
        table_text(table, EMAIL, user->email);
        table_text(table, FULL_NAME, user->full_name);
        table_bool(table, VERIFIED, user->verified);
        table_bool(table, GENERATED, user->generated);
        table_list(table, WARNINGS, user->warnings, user->n_warnings);
        table_roles(table, CUSTOMERS, user->customers, user->n_customers);
        table_roles(table, ROLES, user->roles, user->n_roles);
        table_roles(table, LOCATIONS, user->locations, user->n_locations);
        table_list(table, RESTRICTED, user->restricted, user->n_restricted);
        table_bool(table, OTP, user->otp_enabled);
        key_cells(table, user);
        password_cells(table, request, user);
        table_time(table, LAST_LOGIN, user->last_login_usec);
        table_time(table, CREATED, user->created_usec);
        table_time(table, ACTIVATED, user->activated_usec);
        table_text(table, HOME, user->home);
        table_text(table, SHELL, user->shell);
        return table_record(table);
}

int verb_user_show(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        int r = user_get(request, request->args[0], "show", &user);

        if (r != EXIT_DONE)
                return r;
        r = user_record(request, user);
        if (r == EXIT_DONE)
                user_warn(user);
        if (r == EXIT_DONE && password_is_old(user))
                warn("The password of %s is older than %d days. `boctl user password %s` sets a "
                     "new one.",
                     user->username, PASSWORD_OLD_DAYS, user->username);
        return r;
}
