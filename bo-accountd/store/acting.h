/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes with the customer that a user acts for (R50): the choice, and what he has there. */
#pragma once

#include "bo-accountd/store/customer.h"

/* Is @uid a member there who is neither disabled nor only invited? */
int member_is_active(struct store *store, uint32_t uid, const char *customer, bool *ret_active);

/* From now on @uid acts for @customer, where he is an active member; NSS is noted. */
int member_act_for(struct tx *tx, uint32_t uid, const char *customer);

/* The locations that @uid is restricted to at @customer, in the order of ids; *ret_restricted tells
 * whether he is: if not, each() is not called. */
int member_each_location(struct store *store, uint32_t uid, const char *customer,
                         bool *ret_restricted, int (*each)(void *userdata, const char *location),
                         void *userdata);
