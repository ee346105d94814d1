/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* API keys: whose one is, whether he may be let in by it, and that it was used (R72, R76). */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/api_key.h"
#include "common/secret.h"

/*
 * Whose key @text is; of the user's own and of address tokens alike (ret_key->approval). The same
 * work whether the prefix is known or not. Reads in the open transaction. BO_ERR_WRONG_CREDENTIALS.
 */
int key_find(struct op *op, const struct secret *text, struct api_key_row *ret_key);

/*
 * May its owner be let in by it, as he stands? 0, or the BO_ERR_* of his status. An expired
 * password does not stop a program that never uses it.
 */
int key_bar(const struct account_state *state);

/* Was it used so recently that using it again is not written down? */
bool key_was_noted(const struct api_key_row *key, uint64_t now_usec);

/*
 * Makes a key of @account in the open transaction, bound to @approval (0: the user's own);
 * *ret_text is to be shown once, and stands nowhere else. BO_ERR_KEY_EXISTS.
 */
int key_insert_new(struct op *op, struct tx *tx, const struct account *account, int64_t approval,
                   struct secret **ret_text, char ret_prefix[API_KEY_PREFIX_SIZE]);

/* Deletes all keys and tokens of a user from whom somebody else may have taken the account, with a
 * line in the audit trail that says @why; nothing without any. */
int key_end_all(struct op *op, struct tx *tx, const struct account *account, const char *why);

/*
 * Writes down that it was used now: of an API user it is a login (R40), of a person it is none.
 * BO_ERR_WRONG_CREDENTIALS if it has been deleted meanwhile.
 */
int key_note_use(struct tx *tx, const struct api_key_row *key, const struct account *account);
