/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges a new password by every rule: quality, history, what else was typed (R46, R47, R74). */
#pragma once

#include "bo-accountd/ops/op.h"

/*
 * Form and quality; cheap. 0; BO_ERR_PASSWORD_TOO_WEAK with a sentence in @why. @old is the present
 * password in clear, or NULL.
 */
int new_password_check(struct op *op, const struct account *account, const struct secret *password,
                       const struct secret *old, char *why, size_t size);

/*
 * Compares with the passwords that may not be used again (one hash each) and hashes it. With
 * @present_known the present one has been verified in clear and new_password_check() compared with
 * it: one hash less. 0; BO_ERR_PASSWORD_REUSED.
 */
int new_password_hash(struct op *op, const struct account *account, const struct secret *password,
                      bool present_known, char out[PASSWORD_HASH_SIZE]);

/* Stores @hash in @tx with everything that a change of password brings with it; records it with
 * @detail. */
int new_password_store(struct op *op, struct tx *tx, const struct account *account,
                       const char *hash, const char *detail);
/* The same, and signals what it changes. */
int new_password_change(struct op *op, struct tx *tx, const struct account *account,
                        const char *hash, const char *detail);
