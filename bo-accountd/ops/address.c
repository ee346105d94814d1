/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an address is one that a customer has approved (R68, R70, R71). */
#include "bo-accountd/ops/address.h"

#include "bo-accountd/policy/approval.h"
#include "bo-accountd/store/approval.h"
#include "common/text.h"

/* Only what could be asked for: a link-local address has lost its scope by now, and is that of
 * another host on each wire. */
static bool read_address(struct network *ret_address, const char *rhost)
{
        char text[NETWORK_TEXT_SIZE], why[128];

        return text_address(text, sizeof(text), rhost) &&
               approval_range(ret_address, text, why, sizeof(why)) == 0;
}

int address_is_approved(struct op *op, const char *customer, const char *rhost, bool *ret_approved)
{
        struct network address;
        uint64_t approval = 0;
        int r = 0;

        if (customer[0] && read_address(&address, rhost))
                r = approval_find_address(op->store, customer, &address, &approval);
        if (r == 0)
                *ret_approved = approval > 0;
        return r;
}

bool address_is_within(const struct network *network, const char *rhost)
{
        struct network address;

        return read_address(&address, rhost) && network_contains(network, &address);
}
