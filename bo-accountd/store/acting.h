/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is an active member where, and the customer that a user has chosen to act for (R50). */
#pragma once

#include "bo-accountd/store/customer.h"

/* Is @uid a member there who is neither disabled nor only invited? */
int member_is_active(struct store *store, uint32_t uid, const char *customer, bool *ret_active);

/* From now on @uid acts for @customer, where he is an active member; NSS is noted. */
int member_act_for(struct tx *tx, uint32_t uid, const char *customer);
