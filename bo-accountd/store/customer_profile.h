/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What customers are and say of themselves (R51, R79 to R82). */
#pragma once

#include "bo-accountd/policy/profile.h"
#include "bo-accountd/store/customer.h"

/* All zero for a customer that has said nothing, and for one that does not exist. */
int customer_profile_load(struct store *store, const char *id, struct profile *ret_profile);

/* Replaces it as a whole. BO_ERR_NO_SUCH_CUSTOMER. */
int customer_profile_save(struct tx *tx, const char *id, const struct profile *profile);

/* BO_ERR_NO_SUCH_CUSTOMER. */
int customer_set_alias(struct tx *tx, const char *id, const char *alias);
int customer_set_type(struct tx *tx, const char *id, const char *type, const char *subscription);

/*
 * The address of who holds @role in @customer, has been longest a member of it, and has proven the
 * address: an active person. *ret_since_usec is when he became one; BO_ERR_NO_SUCH_USER.
 */
int customer_role_mailbox(struct store *store, const char *customer, const char *role,
                          char ret_email[NAME_MAX_BYTES + 1], uint64_t *ret_since_usec);

/* Does anybody hold @role in @customer, active or not? 1, 0 or < 0. */
int customer_role_held(struct store *store, const char *customer, const char *role);
