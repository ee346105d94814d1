/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may be made a secondary user, and what he is never given (R83, R85, R86). */
#include "bo-accountd/ops/secondary.h"
#include "bo-accountd/policy/secondary.h"

#include <string.h>

/* The first of @roles that is of secondary users; NULL: none is. */
static const struct role *secondary_among(const struct op *op, const char *const *roles, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const struct role *role = settings_role(op->settings, roles[i]);

                if (role && role->secondary)
                        return role;
        }
        return NULL;
}

static int refuse_role(struct op *op, const struct role *secondary, const struct role *role)
{
        for (size_t i = 0; i < role->n_permissions; i++)
                if (!secondary_may_hold(role->permissions[i]))
                        return op_refuse(op, BO_ERR_ROLES_CONFLICT,
                                         "The role \"%s\" is of secondary users, who never get %s; "
                                         "the role \"%s\" grants it.",
                                         secondary->name, role->permissions[i], role->name);
        return 0;
}

/* R85: in whatever order the roles stand. */
static int check_together(struct op *op, const struct role *secondary, const char *const *roles,
                          size_t n)
{
        for (size_t i = 0; i < n; i++) {
                const struct role *role = settings_role(op->settings, roles[i]);
                int r = role ? refuse_role(op, secondary, role) : 0;

                if (r != 0)
                        return r;
        }
        return 0;
}

/* R83 */
static int check_type(struct op *op, const char *id)
{
        const struct account_type *type;
        struct customer customer;
        int r = customer_load(op->store, id, &customer);

        if (r != 0)
                return r;
        type = settings_account_type(op->settings, customer.type);
        if (type && type->secondaries)
                return 0;
        if (!type)
                return op_refuse(op, BO_ERR_SECONDARIES_OFF,
                                 "The customer has no account type, and so no secondary users; the "
                                 "operator gives it one: boctl customer type %s TYPE.",
                                 id);
        return op_refuse(op, BO_ERR_SECONDARIES_OFF,
                         "The account type \"%s\" allows no secondary users; the operator can give "
                         "the customer another one: boctl customer type %s TYPE.",
                         type->name, id);
}

int secondary_check_new(struct op *op, const struct new_member *member,
                        const struct account *account, bool has_initial)
{
        const struct role *secondary = secondary_among(op, member->roles, member->n_roles);
        int r;

        if (!secondary)
                return 0;
        r = check_together(op, secondary, member->roles, member->n_roles);
        if (r == 0)
                r = check_type(op, member->customer);
        if (r == 0 && (!account->email[0] || !has_initial))
                r = op_refuse(op, BO_ERR_BAD_OPTION,
                              "A secondary user (role \"%s\") needs an e-mail address as Name, and "
                              "InitialPassword, which he changes when he follows the link (R86).",
                              secondary->name);
        return r;
}

/* 1, 0 or < 0. */
static int is_secondary(struct op *op, uint32_t uid, const char *customer)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        size_t n = 0;
        int r = member_roles(op->store, uid, &rows, &n);

        for (size_t i = 0; r == 0 && i < n; i++) {
                const char *name = rows[i].role;

                if (strcmp(rows[i].customer, customer) == 0 && secondary_among(op, &name, 1))
                        return 1;
        }
        return r;
}

int secondary_check_roles(struct op *op, const struct account *account,
                          const struct user_roles *call)
{
        const struct role *secondary = secondary_among(op, call->roles, call->n_roles);
        int already, r;

        if (!secondary)
                return 0;
        r = check_together(op, secondary, call->roles, call->n_roles);
        if (r != 0)
                return r;
        already = is_secondary(op, account->uid, call->customer);
        if (already != 0)
                return already < 0 ? already : 0; /* who is one may stay one */
        r = check_type(op, call->customer);
        if (r == 0 && !account->email[0])
                r = op_refuse(op, BO_ERR_WRONG_STATE,
                              "A secondary user needs an e-mail address (R86); first give %s one: "
                              "boctl user upgrade.",
                              account->name);
        return r;
}
