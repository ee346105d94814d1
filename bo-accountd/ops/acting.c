/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For which customer a user acts on this host (R50), and who is anybody here at all. */
#include "bo-accountd/ops/acting.h"

#include "bo-accountd/store/acting.h"

#include <string.h>

static bool host_is_bound(const struct op *op)
{
        return op->settings->customer[0] != '\0';
}

int acting_here(struct op *op, const struct account *account, bool *ret_here)
{
        bool here = account->invites_uid == 0;
        int r = 0;

        if (here && host_is_bound(op))
                r = member_is_active(op->store, account->uid, op->settings->customer, &here);
        if (r == 0)
                *ret_here = here;
        return r;
}

int acting_customer(struct op *op, const struct account *account,
                    char ret_customer[CUSTOMER_ID_SIZE])
{
        bool here = false;
        int r;

        if (!host_is_bound(op))
                return member_acting(op->store, account, ret_customer);
        r = acting_here(op, account, &here);
        if (r == 0)
                snprintf(ret_customer, CUSTOMER_ID_SIZE, "%s", here ? op->settings->customer : "");
        return r;
}
