/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Second factors: the sealed secret and the last step that was accepted. */
#pragma once

#include "bo-accountd/factor/totp.h"
#include "bo-accountd/store/store.h"

struct otp {
        unsigned char sealed[TOTP_SEALED_BYTES];
        bool confirmed;
        uint64_t last_step;
        int64_t clock_epoch; /* of the confirmation */
};

/* BO_ERR_OTP_NOT_BEGUN: no row. */
int otp_load(struct store *store, uint32_t uid, struct otp *ret_otp);
/* Begins or begins anew; BO_ERR_OTP_ALREADY_ON if a confirmed one is there. */
int otp_begin(struct tx *tx, uint32_t uid, const unsigned char sealed[TOTP_SEALED_BYTES]);
/* BO_ERR_OTP_NOT_BEGUN if the unconfirmed row is not the one with @sealed. */
int otp_confirm(struct tx *tx, uint32_t uid, const unsigned char sealed[TOTP_SEALED_BYTES],
                uint64_t step);
/* One conditional UPDATE (last_step < @step): BO_ERR_WRONG_CREDENTIALS if another was there first.
 */
int otp_accept_step(struct tx *tx, uint32_t uid, uint64_t step);
int otp_delete(struct tx *tx, uint32_t uid);
