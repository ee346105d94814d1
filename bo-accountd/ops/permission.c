/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a user may do in a customer, by his roles there: for checks, PAM and bo's own verbs alike.
 */
#include "bo-accountd/ops/permission.h"
#include "bo-accountd/policy/secondary.h"

#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/address.h"
#include "bo-accountd/ops/holding.h"
#include "bo-accountd/ops/place.h"

#include <errno.h>
#include <string.h>

int standing_load(struct op *op, struct tx *tx, const struct account *account,
                  struct standing *ret_standing)
{
        struct account_state state;
        int r = account_state(op, tx, account, &state);

        if (r == 0)
                r = member_roles(tx->store, account->uid, &ret_standing->rows, &ret_standing->n);
        if (r != 0)
                return r;
        ret_standing->active =
                !state.facts.deactivated && state.facts.activated && !state.facts.idle;
        ret_standing->factor_on = account->otp_on;
        return 0;
}

void standing_clear(struct standing *standing)
{
        free(standing->rows);
}

bool standing_has(const struct standing *standing, const char *customer)
{
        for (size_t i = 0; i < standing->n; i++)
                if (standing->rows[i].active && strcmp(standing->rows[i].customer, customer) == 0)
                        return true;
        return false;
}

/* Does he hold a role of secondary users there? */
static bool standing_is_secondary(const struct op *op, const struct standing *standing,
                                  const char *customer)
{
        for (size_t i = 0; i < standing->n; i++) {
                const struct member_role *row = &standing->rows[i];
                const struct role *role = settings_role(op->settings, row->role);

                if (role && role->secondary && row->active && strcmp(row->customer, customer) == 0)
                        return true;
        }
        return false;
}

/* Does a role of his there list it? Roles add up (R20); what none lists is denied. */
static bool standing_grants(const struct op *op, const struct standing *standing,
                            const char *customer, const char *permission)
{
        for (size_t i = 0; i < standing->n; i++) {
                const struct member_role *row = &standing->rows[i];
                const struct role *role = settings_role(op->settings, row->role);

                if (role && row->active && strcmp(row->customer, customer) == 0 &&
                    role_grants(role, permission))
                        return true;
        }
        return false;
}

/* All but where he is: neither at a place nor at an approved address, as far as is known here. */
static struct permission_facts weigh(const struct op *op, const struct standing *standing,
                                     const char *customer, const char *permission)
{
        const struct permission *marks = settings_permission(op->settings, permission);

        return (struct permission_facts){
                .active = standing->active,
                .member = standing_has(standing, customer),
                .granted = standing_grants(op, standing, customer, permission) &&
                           (secondary_may_hold(permission) ||
                            !standing_is_secondary(op, standing, customer)), /* R85 */
                .needs_factor = marks && marks->second_factor,
                .factor_on = standing->factor_on,
                .needs_address = marks && marks->approved_address,
                .address_approved = false,
        };
}

bool standing_permits(const struct op *op, const struct standing *standing, const char *customer,
                      const char *permission)
{
        const struct permission_facts facts = weigh(op, standing, customer, permission);

        return permission_verdict(&facts) == PERMISSION_GRANTED;
}

/* Whoever runs sudo or su, or of whom nothing else is told, is where his session began. */
static uint32_t in_already(const struct op *op, const struct permission_query *query)
{
        bool in = query->service[0] ? !settings_service(op->settings, query->service).offer
                                    : !query->tty[0];

        if (!in || query->rhost[0] || query->remote)
                return 0;
        return query->caller != 0 ? query->caller : query->account->uid;
}

/* The location of the question; "" if none is known. One of another customer is BO_ERR_*. */
static int locate(struct op *op, const struct permission_query *query, const char *customer,
                  char ret_location[LOCATION_ID_SIZE])
{
        const struct place_query place = {
                .customer = customer,
                .rhost = query->rhost,
                .remote = query->rhost[0] || query->remote,
                .tty = query->tty,
                .service = query->service,
                .in_already_uid = in_already(op, query),
        };
        struct location location;
        int r;

        if (!query->location[0])
                return place_find(op, &place, ret_location);
        r = location_load(op->store, query->location, &location);
        if (r == 0 && strcmp(location.customer, customer) != 0)
                r = BO_ERR_NO_SUCH_LOCATION;
        if (r == 0)
                memcpy(ret_location, location.id, sizeof(location.id));
        return r;
}

/* Who is not restricted is bound to nothing but the customer (R30); jobs are to nothing (R34). */
static int weigh_place(struct op *op, const struct permission_query *query, const char *customer,
                       struct permission_facts *facts)
{
        char location[LOCATION_ID_SIZE] = "";
        uint32_t uid = query->account->uid;
        bool restricted;
        int r;

        if (settings_service(op->settings, query->service).class == SERVICE_BATCH)
                return 0;
        r = member_is_restricted(op->store, uid, customer, &restricted);
        if (r != 0 || (!restricted && !query->location[0]))
                return r;
        facts->bound = true;
        r = locate(op, query, customer, location);
        facts->located = location[0] || r == BO_ERR_NO_SUCH_LOCATION;
        if (r == BO_ERR_NO_SUCH_LOCATION)
                return 0; /* one that is not there is nobody's */
        return r == 0 && facts->located
                       ? member_may_at(op->store, uid, customer, location, &facts->at_home)
                       : r;
}

/* On a host that is bound (Customer=) nobody is a member of another customer. */
static bool is_of_this_host(const struct op *op, const char *customer)
{
        const char *bound = op->settings->customer;

        return !bound[0] || strcmp(bound, customer) == 0;
}

/* Where he is, which is the same for all permissions. */
static int weigh_where(struct op *op, const struct permission_query *query, const char *customer,
                       struct permission_facts *facts)
{
        int r = weigh_place(op, query, customer, facts);

        return r == 0 ? address_is_approved(op, customer, query->rhost, &facts->address_approved)
                      : r;
}

static void grant_all(const struct op *op, const struct standing *standing,
                      const struct permission_facts *where, struct holding *holding)
{
        for (size_t i = 0; i < op->settings->n_permissions; i++) {
                const char *name = op->settings->permissions[i].name;
                struct permission_facts facts = weigh(op, standing, holding->customer, name);

                facts.bound = where->bound;
                facts.located = where->located;
                facts.at_home = where->at_home;
                facts.address_approved = where->address_approved;
                facts.member &= is_of_this_host(op, holding->customer);
                if (permission_verdict(&facts) == PERMISSION_GRANTED)
                        holding->permissions[holding->n++] = name;
        }
}

int permission_holding(struct op *op, struct tx *tx, const struct permission_query *query,
                       struct holding *ret_holding)
{
        _cleanup_(standing_clear) struct standing standing = {0};
        struct permission_facts where = {0};
        struct holding holding = {0};
        int r = standing_load(op, tx, query->account, &standing);

        if (r == 0)
                r = acting_customer(op, query->account, holding.customer);
        if (r == 0)
                r = weigh_where(op, query, holding.customer, &where);
        if (r != 0)
                return r;
        holding.permissions = calloc(op->settings->n_permissions + 1, sizeof(*holding.permissions));
        if (!holding.permissions)
                return -ENOMEM;
        grant_all(op, &standing, &where, &holding);
        holding.rows = TAKE_PTR(standing.rows);
        holding.n_rows = standing.n;
        *ret_holding = holding;
        return 0;
}

void holding_clear(struct holding *holding)
{
        free(holding->rows);
        free(holding->permissions);
}

int permission_decide(struct op *op, struct tx *tx, const struct permission_query *query,
                      struct permission_answer *ret_answer)
{
        _cleanup_(standing_clear) struct standing standing = {0};
        struct permission_answer answer = {0};
        const char *customer = query->customer[0] ? query->customer : answer.customer;
        struct permission_facts facts;
        int r = standing_load(op, tx, query->account, &standing);

        /* What is too long for an id is none, and must not become one by being cut off. */
        if (r == 0 && query->customer[0])
                snprintf(answer.customer, sizeof(answer.customer), "%s", query->customer);
        else if (r == 0)
                r = acting_customer(op, query->account, answer.customer);
        if (r != 0)
                return r;
        facts = weigh(op, &standing, customer, query->permission);
        facts.member &= is_of_this_host(op, customer);
        if (facts.member && facts.granted)
                r = weigh_place(op, query, customer, &facts);
        if (r == 0 && facts.member && facts.granted && facts.needs_address)
                r = address_is_approved(op, customer, query->rhost, &facts.address_approved);
        answer.verdict = permission_verdict(&facts);
        if (r == 0)
                *ret_answer = answer;
        return r;
}
