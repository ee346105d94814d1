/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Restricts a member to locations, or lifts that (R13, R26, R29, R30, R32, R33). */
#include "bo-accountd/ops/location.h"
#include "bo-accountd/ops/ops.h"

#include <string.h>

#define MANAGES "users.manage"

static bool role_manages(const struct op *op, const char *name)
{
        const struct role *role = settings_role(op->settings, name);

        return role && role_grants(role, MANAGES);
}

static int refuse_administrator(struct op *op)
{
        return op_refuse(op, BO_ERR_NEVER_RESTRICTED,
                         "An administrator (" MANAGES ") is never restricted to locations: take "
                         "the role away, or lift the restriction.");
}

static int refuse_several(struct op *op)
{
        return op_refuse(op, BO_ERR_NEVER_RESTRICTED,
                         "A user with several customers is never restricted to locations: the "
                         "restriction must be lifted first.");
}

/* R32, R33, of a member as he is. */
static int check_member(struct op *op, uint32_t uid, const char *customer)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        size_t n = 0;
        uint32_t customers = 0;
        int r = member_roles(op->store, uid, &rows, &n);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (strcmp(rows[i].customer, customer) == 0 && role_manages(op, rows[i].role))
                        r = refuse_administrator(op);
        if (r == 0)
                r = member_count(op->store, uid, &customers);
        return r == 0 && customers > 1 ? refuse_several(op) : r;
}

/* Those of other customers are as unknown as those that are not there. */
static int check_location(struct op *op, const char *customer, const char *id)
{
        struct location location;
        int r = location_load(op->store, id, &location);

        if (r == 0 && strcmp(location.customer, customer) != 0)
                r = BO_ERR_NO_SUCH_LOCATION;
        return r == BO_ERR_NO_SUCH_LOCATION
                       ? op_refuse(op, r, "There is no location \"%.64s\" of this customer.", id)
                       : r;
}

int member_restrict_checked(struct op *op, struct tx *tx, uint32_t uid, const char *customer,
                            const char *const *locations, size_t n)
{
        int r;

        if (n == 0) /* R30 */
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "locations: who is restricted has one at least; Restricted=false "
                                 "lifts the restriction.");
        r = check_member(op, uid, customer);
        for (size_t i = 0; r == 0 && i < n; i++) {
                r = check_location(op, customer, locations[i]);
                if (r == 0)
                        r = location_ensure_group(tx, locations[i], op->settings->gid_first,
                                                  op->settings->gid_last);
        }
        return r == 0 ? member_restrict(tx, uid, customer, locations, n) : r;
}

int member_joins_fit(struct op *op, uint32_t uid, const char *customer, bool restricted)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        _cleanup_(freep) struct member_location *places = NULL;
        size_t n = 0, n_places = 0;
        int r = member_roles(op->store, uid, &rows, &n);

        if (r == 0)
                r = member_locations(op->store, uid, &places, &n_places);
        if (r != 0)
                return r;
        for (size_t i = 0; i < n; i++)
                if (strcmp(rows[i].customer, customer) == 0)
                        return 0; /* no new one */
        return n > 0 && (n_places > 0 || restricted) ? refuse_several(op) : 0;
}

int member_roles_fit(struct op *op, uint32_t uid, const char *customer, const char *const *roles,
                     size_t n)
{
        bool restricted = false;
        int r = member_is_restricted(op->store, uid, customer, &restricted);

        for (size_t i = 0; r == 0 && restricted && i < n; i++)
                if (role_manages(op, roles[i]))
                        r = refuse_administrator(op);
        return r == 0 ? member_joins_fit(op, uid, customer, false) : r;
}

static int record(struct op *op, struct tx *tx, const struct user_locations *call)
{
        char detail[512] = "locations=";
        const struct audit_entry entry = {
                .event = "locations-changed",
                .actor_uid = op->actor_uid,
                .subject_uid = call->uid,
                .customer = call->customer,
                .detail = detail,
        };

        if (call->everywhere)
                snprintf(detail, sizeof(detail), "restricted=no");
        for (size_t i = 0; i < call->n_locations; i++) {
                size_t used = strlen(detail);

                snprintf(detail + used, sizeof(detail) - used, "%s%s", i ? "," : "",
                         call->locations[i]);
        }
        return audit_append(tx, &entry);
}

/* Does the change take a place away that he may be at now? */
static int takes_away(struct op *op, const struct user_locations *call, bool *ret)
{
        _cleanup_(freep) struct member_location *rows = NULL;
        bool restricted = false;
        size_t n = 0;
        int r = member_is_restricted(op->store, call->uid, call->customer, &restricted);

        if (r == 0)
                r = member_locations(op->store, call->uid, &rows, &n);
        if (r != 0)
                return r;
        *ret = !restricted && !call->everywhere;
        for (size_t i = 0; i < n && !call->everywhere; i++) {
                bool kept = strcmp(rows[i].customer, call->customer) != 0 || !rows[i].location[0];

                for (size_t j = 0; !kept && j < call->n_locations; j++)
                        kept = strcmp(rows[i].location, call->locations[j]) == 0;
                *ret |= !kept;
        }
        return 0;
}

static int check(struct op *op, const struct user_locations *call)
{
        struct customer customer;
        int r = customer_load(op->store, call->customer, &customer);

        if (r == BO_ERR_NO_SUCH_CUSTOMER)
                return op_refuse(op, r, "There is no customer \"%.64s\".", call->customer);
        if (r == 0 && call->everywhere && call->n_locations > 0)
                r = op_refuse(op, BO_ERR_BAD_OPTION,
                              "Restricted=false lifts the restriction, and goes with no location.");
        return r;
}

static int apply(struct op *op, struct tx *tx, const struct user_locations *call)
{
        bool ends = false;
        int r = takes_away(op, call, &ends);

        if (r == 0)
                r = call->everywhere ? member_unrestrict(tx, call->uid, call->customer)
                                     : member_restrict_checked(op, tx, call->uid, call->customer,
                                                               call->locations, call->n_locations);
        if (r == BO_ERR_NO_SUCH_USER)
                return op_refuse(op, r, "The user is no member of %s.", call->customer);
        return r == 0 && ends ? session_must_end_firmly(tx, call->uid) : r;
}

int op_user_set_locations(struct op *op, const struct user_locations *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_ADMINISTER, call->uid, call->customer, &account);
        if (r == 0)
                r = check(op, call);
        if (r == 0)
                r = apply(op, &tx, call);
        if (r == 0)
                r = record(op, &tx, call);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_publish(op);
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "locations-changed",
                                    .user = account.name,
                                    .customer = call->customer},
                "The locations of %s at %s were changed by uid %u.", account.name, call->customer,
                op->actor_uid);
        return 0;
}
