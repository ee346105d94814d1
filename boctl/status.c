/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl without arguments: who the caller is to bo, and how bo is. */
#include <pwd.h>

#include "boctl/overview.h"
#include "boctl/table.h"
#include "common/clock.h"

#define EXPIRES_SOON_DAYS 14

enum {
        USERNAME,
        UID,
        STATUS,
        STATUS_REASON,
        CUSTOMERS,
        ACTING,
        ROLES,
        INVITATIONS,
        APPROVALS,
        OTP,
        RECOVERY,
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
        [ACTING] = {"acting_customer", "Acting for", CELL_TEXT},
        [ROLES] = {"roles", "Roles", CELL_LIST},
        [INVITATIONS] = {"invitations", "Invited by", CELL_LIST},
        [APPROVALS] = {"to_approve", "To approve", CELL_NUMBER},
        [OTP] = {"otp_enabled", "Second factor", CELL_BOOL},
        [RECOVERY] = {"recovery_codes_left", "Recovery codes", CELL_NUMBER},
        [EXPIRES] = {"password_expires", "Password expires", CELL_TIME},
        [LOGIN] = {"last_login", "Last login", CELL_TIME},
        [VERSION] = {"version", "bo-accountd", CELL_TEXT},
        [STATE] = {"state", "Service", CELL_TEXT},
};

DEFINE_CLEANUP(struct bo_user *, bo_user_free)

/* What he may want to do soon. */
static void advise(const struct request *request, const struct bo_user *user)
{
        uint64_t now_usec = clock_realtime_usec(), until_usec = user->password_expires_usec;

        if (request->json || until_usec == 0)
                return;
        if (until_usec <= now_usec)
                warn("Your password has expired. `boctl password` sets a new one.");
        else if (until_usec - now_usec < EXPIRES_SOON_DAYS * USEC_PER_DAY)
                warn("Your password expires in %u days. `boctl password` sets a new one.",
                     (unsigned)((until_usec - now_usec) / USEC_PER_DAY));
}

static void user_cells(struct table *table, const struct request *request,
                       const struct bo_user *user)
{
        struct overview_count approvals;

        table_text(table, USERNAME, user->username);
        table_text(table, STATUS, user->status);
        table_text(table, STATUS_REASON, user->status_reason);
        table_roles(table, CUSTOMERS, user->customers, user->n_customers);
        if (user->n_customers > 1)
                table_text(table, ACTING, user->acting_customer);
        table_roles(table, ROLES, user->roles, user->n_roles);
        if (user->n_invitations > 0) /* `boctl invitation` */
                table_roles(table, INVITATIONS, user->invitations, user->n_invitations);
        if (overview_to_approve(request, user, &approvals) && (approvals.n > 0 || request->json))
                table_number(table, APPROVALS, approvals.n); /* `boctl approval list` */
        table_bool(table, OTP, user->otp_enabled);
        if (user->otp_enabled && (user->recovery_codes_left > 0 || request->json))
                table_number(table, RECOVERY, user->recovery_codes_left);
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
        struct overview overview;
        bool operator;
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
                user_cells(table, request, user);
        else
                stranger_cells(table, request, r);
        table_text(table, VERSION, version);
        table_text(table, STATE, state);
        operator= overview_get(request, &overview);
        table_part(table, true, !operator);
        r = table_record(table);
        if (r == EXIT_DONE && operator)
                r = overview_show(request, &overview);
        if (r == EXIT_DONE && user)
                advise(request, user);
        return r;
}
