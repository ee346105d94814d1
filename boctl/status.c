/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl without arguments: who the caller is to bo, and how bo is. */
#include <pwd.h>

#include "boctl/table.h"

enum {
        USERNAME,
        UID,
        STATUS,
        STATUS_REASON,
        CUSTOMERS,
        ROLES,
        INVITATIONS,
        OTP,
        EXPIRES,
        LOGIN,
        VERSION,
        STATE
};

static const struct column columns[] = {
        [USERNAME] = {"username", "You are", CELL_TEXT},
        [UID] = {"uid", "Uid", CELL_NUMBER},
        [STATUS] = {"status", "Status", CELL_TEXT},
        [STATUS_REASON] = {"status_reason", "Why", CELL_TEXT},
        [CUSTOMERS] = {"customers", "Customers", CELL_LIST},
        [ROLES] = {"roles", "Roles", CELL_LIST},
        [INVITATIONS] = {"invitations", "Invited by", CELL_LIST},
        [OTP] = {"otp_enabled", "Second factor", CELL_BOOL},
        [EXPIRES] = {"password_expires", "Password expires", CELL_TIME},
        [LOGIN] = {"last_login", "Last login", CELL_TIME},
        [VERSION] = {"version", "bo-accountd", CELL_TEXT},
        [STATE] = {"state", "Service", CELL_TEXT},
};

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

static void user_cells(struct table *table, const struct bo_user *user)
{
        table_text(table, USERNAME, user->username);
        table_text(table, STATUS, user->status);
        table_text(table, STATUS_REASON, user->status_reason);
        table_roles(table, CUSTOMERS, user->customers, user->n_customers);
        table_roles(table, ROLES, user->roles, user->n_roles);
        if (user->n_invitations > 0) /* `boctl invitation` */
                table_roles(table, INVITATIONS, user->invitations, user->n_invitations);
        table_bool(table, OTP, user->otp_enabled);
        table_time(table, EXPIRES, user->password_expires_usec);
        table_time(table, LOGIN, user->last_login_usec);
}

/*
 * root and other local users are none of bo's, though they may be operators. A user who is not
 * active may ask nothing, nor may a stranger who is no operator: the two are not told apart.
 */
static void stranger_cells(struct table *table, const struct request *request, int why)
{
        const struct passwd *entry = getpwuid(geteuid());

        table_text(table, USERNAME, entry ? entry->pw_name : "unknown");
        if (!request->json)
                table_text(table, STATUS,
                           why == BO_ERR_NO_SUCH_USER ? "no user of bo" : "no active user of bo");
}

int verb_status(struct request *request)
{
        _cleanup_(bo_user_freep) struct bo_user *user = NULL;
        _cleanup_(bo_string_freep) char *version = NULL, *state = NULL;
        _cleanup_(table_freep) struct table *table =
                table_new(request, "status", columns, ELEMENTS(columns));
        int r = bo_service_info(request->bo, &version, &state);

        if (r != 0)
                return fail_call(request, r, "Cannot ask the service how it is");
        r = bo_user_find_uid(request->bo, geteuid());
        if (r == 0)
                r = bo_user_get(request->bo, geteuid(), &user);
        if (r != 0 && r != BO_ERR_NO_SUCH_USER && r != BO_ERR_NOT_ALLOWED)
                return fail_call(request, r, "Cannot ask who you are");
        if (!table)
                return fail("Out of memory.");
        table_row(table);
        table_number(table, UID, geteuid());
        if (user)
                user_cells(table, user);
        else
                stranger_cells(table, request, r);
        table_text(table, VERSION, version);
        table_text(table, STATE, state);
        return table_record(table);
}
