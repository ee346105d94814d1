/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may be made a secondary user, and what he is never given (R83, R85, R86). */
#pragma once

#include "bo-accountd/ops/ops.h"

/*
 * @has_initial: with an initial password, or one who is imported: nobody knows a password of his,
 * and the link lets him set one. Both ask nothing where none of the roles is one of secondary
 * users. BO_ERR_ROLES_CONFLICT, BO_ERR_SECONDARIES_OFF; BO_ERR_BAD_OPTION for a new user without an
 * address or an initial password, BO_ERR_WRONG_STATE for one who is there and has no address.
 */
int secondary_check_new(struct op *op, const struct new_member *member,
                        const struct account *account, bool has_initial);
int secondary_check_roles(struct op *op, const struct account *account,
                          const struct user_roles *call);
