/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an address is one that a customer has approved (R68, R70, R71). */
#include "bo-accountd/ops/address.h"

#include "bo-accountd/store/approval.h"
#include "common/text.h"

int address_is_approved(struct op *op, const char *customer, const char *rhost, bool *ret_approved)
{
        char text[NETWORK_TEXT_SIZE];
        struct network address;
        uint64_t approval = 0;
        int r = 0;

        if (customer[0] && text_address(text, sizeof(text), rhost) &&
            network_parse(&address, text) == 0)
                r = approval_find_address(op->store, customer, &address, &approval);
        if (r == 0)
                *ret_approved = approval > 0;
        return r;
}
