/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests one-time and recovery codes, counted apart from passwords. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "common/secret.h"

/* Charges the second factor and tests @code in the open transaction of @tx: one of the app, or a
 * recovery code. 0 right and used up; BO_ERR_WRONG_CREDENTIALS; BO_ERR_LOCKED_ATTEMPTS: locked
 * before, not tested, or locked by this one. */
int verify_code(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code);

/* The same, of the app alone. */
int verify_app_code(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code);

/* Has it the form of a recovery code, where there are any? */
bool verify_is_recovery(const struct op *op, const struct secret *code);

/* How long the second factor is still locked; 0: not. */
int verify_code_wait(struct op *op, struct tx *tx, uint32_t uid, uint64_t *ret_wait_usec);

/* For a code that is tested elsewhere: BO_ERR_WRONG_CREDENTIALS, or BO_ERR_LOCKED_ATTEMPTS from the
 * one on that locks. */
int verify_code_charge(struct op *op, struct tx *tx, uint32_t uid);
