/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* For which customer a user acts on this host (R50), and who is anybody here at all. */
#pragma once

#include "bo-accountd/ops/op.h"

/* "" if there is none. On a host that is bound (Customer=): that customer, whatever he chose, if he
 * is an active member of it. To be asked instead of member_acting(). */
int acting_customer(struct op *op, const struct account *account,
                    char ret_customer[CUSTOMER_ID_SIZE]);

/* Is he known on this host? An invitation (R49) nowhere; on a host that is bound active members of
 * its customer alone. */
int acting_here(struct op *op, const struct account *account, bool *ret_here);
