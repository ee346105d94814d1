/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is shown of a customer, to whom, and where its invoices go (R10, R52, R79 to R82). */
#include "bo-accountd/ops/customer.h"

#include <string.h>

/* 1, 0 or < 0. */
static int holds(struct op *op, struct tx *tx, const char *id, const char *permission)
{
        int r = authorise_permission(op, tx, id, permission);

        return r < 0 ? r : r == 0;
}

static int sight_load(struct op *op, struct tx *tx, const char *id, enum customer_sight *ret_sight)
{
        static const struct {
                const char *permission;
                enum customer_sight sight;
        } ways[] = {
                {"account.edit", SIGHT_ALL},
                {"account.billing", SIGHT_ALL},
                {"account.subscription", SIGHT_SUBSCRIPTION},
        };

        *ret_sight = SIGHT_NAME;
        for (size_t i = 0; i < ELEMENTS(ways); i++) {
                int r = holds(op, tx, id, ways[i].permission);

                if (r < 0)
                        return r;
                if (r > 0) {
                        *ret_sight = ways[i].sight;
                        return 0;
                }
        }
        return 0;
}

/*
 * R81: the address that was set; else that of the primary user, who is who may edit the account: of
 * several the one who has been there longest.
 */
static int invoice_recipient(struct op *op, struct customer_view *view)
{
        const char *set = view->profile.text[PROFILE_INVOICE_EMAIL];
        const struct settings *settings = op->settings;
        uint64_t oldest = UINT64_MAX;

        snprintf(view->invoice_recipient, sizeof(view->invoice_recipient), "%.*s", NAME_MAX_BYTES,
                 set);
        for (size_t i = 0; !set[0] && i < settings->n_roles; i++) {
                const struct role *role = &settings->roles[i];
                char email[NAME_MAX_BYTES + 1];
                uint64_t since = 0;
                int r = role->secondary || !role_grants(role, "account.edit")
                                ? BO_ERR_NO_SUCH_USER
                                : customer_role_mailbox(op->store, view->customer.id, role->name,
                                                        email, &since);

                if (r < 0)
                        return r;
                if (r == 0 && since < oldest) {
                        oldest = since;
                        memcpy(view->invoice_recipient, email, sizeof(email));
                }
        }
        return 0;
}

static int view_fill(struct op *op, struct customer_view *view)
{
        struct billing_rule rule = customer_billing_rule(op, &view->customer);
        int r = customer_profile_load(op->store, view->customer.id, &view->profile);

        if (r != 0)
                return r;
        view->separately_billed = billing_is_separate(&rule, view->profile.separately_billed);
        view->missing = billing_missing(&rule, &view->profile);
        profile_peppol(&view->profile, view->peppol_recipient);
        return invoice_recipient(op, view);
}

int op_customer_view(struct op *op, const char *id, bool whole, struct customer_view *ret_view)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_READ_CUSTOMER, NULL, id);
        if (r == BO_ERR_NO_SUCH_USER)
                r = BO_ERR_NO_SUCH_CUSTOMER;
        if (r == 0)
                r = customer_load(op->store, id, &ret_view->customer);
        if (r == 0 && whole)
                r = sight_load(op, &tx, id, &ret_view->sight);
        if (r != 0)
                return r;
        ret_view->type = settings_account_type(op->settings, ret_view->customer.type);
        return ret_view->sight == SIGHT_ALL ? view_fill(op, ret_view) : 0;
}
