/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of a view of a user, which lists make as well. */
#pragma once

#include "bo-accountd/ops/ops.h"

/*
 * Drops the rows that the actor may not see. What somebody else may see of a user's memberships are
 * those that he has a right to see; the operator sees all, the user himself those that he has
 * (R10).
 */
int user_hide_foreign(struct op *op, struct tx *tx, struct user_view *view, bool by_operator);

/*
 * The status at the one customer that is asked for; without one that at the customers whose members
 * the actor may see, of which an active one counts; to himself and the operator, that of the
 * identity (R18). State and roles are there already.
 */
void user_judge(const struct op *op, struct user_view *view, const char *customer,
                bool by_operator);

/* Those of the rows. */
int user_load_customers(struct op *op, struct user_view *view);

/* @at: the membership that the status is of; NULL: the identity. */
void user_reason(struct user_view *view, const struct member_role *at, bool by_operator);
