/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uids that are asked for by number: each is given once and never again (R17). */
#pragma once

#include "bo-accountd/store/account.h"

/*
 * Takes @uid, which must never have been given: above all that were, or passed over by an earlier
 * claim. The counter follows. BO_ERR_NAME_TAKEN if it was given, or may have been. @first: of the
 * range of uids.
 */
int uid_claim(struct tx *tx, uint32_t uid, uint32_t first);

/* Those that were passed over are given no more: numbers were given that this store has not seen.
 */
int uid_forget_gaps(struct tx *tx);
