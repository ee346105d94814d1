/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Type and subscription of a customer's account (R79, R80, R83). */
#include "bo-accountd/ops/customer.h"

#include <string.h>

struct billing_rule customer_billing_rule(const struct op *op, const struct customer *customer)
{
        const struct account_type *type = settings_account_type(op->settings, customer->type);

        return type ? type->billing : (struct billing_rule){0};
}

static int refuse_type(struct op *op, const char *name)
{
        char known[128] = "";

        for (size_t i = 0; i < op->settings->n_account_types; i++) {
                size_t used = strlen(known);

                snprintf(known + used, sizeof(known) - used, "%s%s", used ? ", " : "",
                         op->settings->account_types[i].name);
        }
        return op_refuse(op, BO_ERR_NO_SUCH_ACCOUNT_TYPE,
                         "There is no account type \"%.32s\"; account-types.conf has: %s.", name,
                         known[0] ? known : "none");
}

static int refuse_subscription(struct op *op, const struct account_type *type, const char *wanted)
{
        char known[128] = "";

        for (size_t i = 0; type && i < type->n_subscriptions; i++) {
                size_t used = strlen(known);

                snprintf(known + used, sizeof(known) - used, "%s%s", used ? ", " : "",
                         type->subscriptions[i]);
        }
        return op_refuse(op, BO_ERR_BAD_VALUE,
                         "There is no subscription \"%.32s\" for this account type; it has: %s.",
                         wanted, known[0] ? known : "none");
}

int customer_pick_subscription(struct op *op, const char *type_name, const char *wanted,
                               const char *present, const char **ret_subscription)
{
        const struct account_type *type = settings_account_type(op->settings, type_name);

        if (!type && type_name[0])
                return refuse_type(op, type_name);
        if (wanted && (!type || !account_type_offers(type, wanted)))
                return refuse_subscription(op, type, wanted);
        *ret_subscription = wanted                                       ? wanted
                            : type && account_type_offers(type, present) ? present
                            : type && type->n_subscriptions > 0          ? type->subscriptions[0]
                                                                         : "";
        return 0;
}

/* Who is a secondary user now would stay one where there may be none (R83). */
static int check_secondaries(struct op *op, const char *id, const char *type_name)
{
        const struct account_type *type = settings_account_type(op->settings, type_name);
        const struct settings *settings = op->settings;

        for (size_t i = 0; !(type && type->secondaries) && i < settings->n_roles; i++) {
                int r = settings->roles[i].secondary
                                ? customer_role_held(op->store, id, settings->roles[i].name)
                                : 0;

                if (r < 0)
                        return r;
                if (r > 0)
                        return op_refuse(op, BO_ERR_SECONDARIES_OFF,
                                         "The customer has secondary users, which this account "
                                         "type does not allow; first take the role %s from them.",
                                         settings->roles[i].name);
        }
        return 0;
}

/* Ends the transaction. */
static int store_type(struct op *op, struct tx *tx, const struct customer *customer,
                      const char *event, const char *type, const char *subscription)
{
        char detail[128];
        int r = customer_set_type(tx, customer->id, type, subscription);

        snprintf(detail, sizeof(detail), "type=%s subscription=%s", type, subscription);
        if (r == 0)
                r = customer_record(op, tx, event, customer->id, detail);
        if (r == 0)
                r = tx_commit(tx);
        if (r == 0)
                customer_tell(op, OP_CUSTOMER_CHANGED, event, customer->id, detail);
        return r;
}

int op_customer_set_type(struct op *op, const char *id, const char *type, const char *wanted)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const char *subscription = NULL;
        struct customer customer;
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = customer_load(op->store, id, &customer);
        if (r == 0)
                r = customer_pick_subscription(op, type, wanted, customer.subscription,
                                               &subscription);
        if (r == 0)
                r = check_secondaries(op, id, type);
        if (r == 0)
                r = store_type(op, &tx, &customer, "customer-type", type, subscription);
        return r;
}

/* R79: where the type allows. */
static int may_choose(struct op *op, const struct customer *customer)
{
        const struct account_type *type = settings_account_type(op->settings, customer->type);

        if (!type || type->subscription_change || actor_is_operator(op))
                return 0;
        return op_refuse(op, BO_ERR_NOT_ALLOWED,
                         "The account type \"%s\" leaves the subscription to the operator.",
                         type->name);
}

int op_customer_set_subscription(struct op *op, const char *id, const char *wanted)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const struct account_type *type;
        struct customer customer;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise_permission(op, &tx, id, "account.subscription");
        if (r == 0)
                r = customer_load(op->store, id, &customer);
        if (r == 0)
                r = may_choose(op, &customer);
        if (r != 0)
                return r;
        type = settings_account_type(op->settings, customer.type);
        if (!type || !account_type_offers(type, wanted))
                return refuse_subscription(op, type, wanted);
        return store_type(op, &tx, &customer, "customer-subscription", customer.type, wanted);
}
