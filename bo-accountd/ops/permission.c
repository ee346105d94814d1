/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a user may do in a customer, by his roles there: for checks, PAM and bo's own verbs alike.
 */
#include "bo-accountd/ops/permission.h"
#include "bo-accountd/policy/secondary.h"

#include "bo-accountd/ops/acting.h"

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

/* All but the place. There is no list of approved addresses yet, so none is (R71). */
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

int permission_decide(struct op *op, struct tx *tx, const struct permission_query *query,
                      struct permission_answer *ret_answer)
{
        _cleanup_(standing_clear) struct standing standing = {0};
        struct permission_answer answer = {0};
        struct permission_facts facts;
        int r = standing_load(op, tx, query->account, &standing);

        if (r == 0 && !query->customer[0])
                r = acting_customer(op, query->account, answer.customer);
        else
                snprintf(answer.customer, sizeof(answer.customer), "%s", query->customer);
        if (r != 0)
                return r;
        /* What is too long for an id is none, and must not become one by being cut off. */
        facts = weigh(op, &standing, query->customer[0] ? query->customer : answer.customer,
                      query->permission);
        answer.verdict = permission_verdict(&facts);
        *ret_answer = answer;
        return 0;
}
