/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the other sources of the system know of the names and uids of users to come (R17, R21):
 * asked while no transaction is open, since a directory may be slow, and judged in one. */
#pragma once

#include "bo-accountd/ops/bulk_private.h"

/* Three of struct bulk_kind. */
int bulk_nss_foresee(struct op *op, struct bulk_import *call);
int bulk_nss_ask(struct bulk_import *call, uint64_t until_usec);
void bulk_nss_forget(struct bulk_import *call);

/* Is it somebody's? 1 or 0; -EAGAIN: it was not asked, and is next; -EHOSTUNREACH: it cannot be
 * told. */
int bulk_nss_knows_name(const struct bulk_row *row);
int bulk_nss_knows_id(struct bulk_import *call, uint32_t uid);
