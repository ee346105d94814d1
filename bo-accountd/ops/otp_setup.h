/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Beginning and confirming a second factor, at the prompt or by D-Bus (R54 to R56). */
#pragma once

#include "bo-accountd/factor/totp.h"
#include "bo-accountd/ops/op.h"

/* Makes a secret and notes it, sealed and not yet in force. BO_ERR_OTP_ALREADY_ON. Any ret_ may be
 * NULL. */
int otp_setup_begin(struct op *op, const struct account *account, struct secret **ret_secret,
                    unsigned char ret_sealed[TOTP_SEALED_BYTES], struct secret **ret_uri,
                    struct secret **ret_base32);

/* Puts the noted one in force; the code of @step is used up. BO_ERR_OTP_NOT_BEGUN if another set-up
 * came between. */
int otp_setup_store(struct op *op, struct tx *tx, const struct account *account,
                    const unsigned char sealed[TOTP_SEALED_BYTES], uint64_t step);
