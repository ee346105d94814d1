/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of new users, which are the same for one that is created and many that are imported. */
#pragma once

#include "bo-accountd/ops/ops.h"

/* Name, address, kind, home, shell and full name of @account as @call has them, each in its one
 * form and judged (R21 to R23). */
int user_new_fill(struct op *op, const struct user_create *call, struct account *account);

/* Are customer and roles there, and do they go together? */
int user_new_check_member(struct op *op, const struct new_member *member);

/* Makes the next uid one that NSS does not know; those that it knows are marked as used (R17).
 * @knows says 1, 0 or < 0 of each. */
int user_new_find_uid(struct op *op, struct tx *tx, int (*knows)(void *userdata, uint32_t uid),
                      void *userdata);

/* Makes who has just been inserted a member. One who is a member elsewhere already was asked for by
 * member_roles_fit() first. */
int user_new_join(struct op *op, struct tx *tx, uint32_t uid, const struct new_member *member);

/* His row of the audit trail; @more is said behind his kind. */
int user_new_record(struct op *op, struct tx *tx, const struct account *account,
                    const char *customer, const char *more);
