/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names for new users and new names for old ones: made by bo, or wished and to be had or not. */
#pragma once

#include "bo-accountd/ops/op.h"

/* May a user be called @name (folded)? BO_ERR_NAME_TAKEN: it is or was in use, dead names too
 * (R43); BO_ERR_NAME_FOREIGN: NSS knows it as somebody else's. */
int new_name_check(struct op *op, const char *name);

/* A name that new_name_check() finds free (R23). */
int new_name_generate(struct op *op, char out[NAME_MAX_BYTES + 1]);

/* With GroupMailbox=refuse: BO_ERR_BAD_NAME for an address that looks like a group's (R22). */
int new_name_check_mailbox(struct op *op, const char *email);

/* Does NSS know the name or number as somebody's? 1, 0, or < 0 if it cannot be told: then nothing
 * is created. */
int nss_knows_name(const char *name);
int nss_knows_id(uint32_t id);
