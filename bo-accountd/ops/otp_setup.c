/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Beginning and confirming a second factor, at the prompt or by D-Bus (R54 to R56). */
#include "bo-accountd/ops/otp_setup.h"

#include "bo-accountd/ops/mail.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/otp.h"

#include <string.h>

static int note(struct op *op, uint32_t uid, const unsigned char sealed[TOTP_SEALED_BYTES])
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = otp_begin(&tx, uid, sealed);
        return r == 0 ? tx_commit(&tx) : r;
}

int otp_setup_begin(struct op *op, const struct account *account, struct secret **ret_secret,
                    unsigned char ret_sealed[TOTP_SEALED_BYTES], struct secret **ret_uri,
                    struct secret **ret_base32)
{
        _cleanup_(secret_freep) struct secret *secret = NULL, *uri = NULL, *base32 = NULL;
        unsigned char sealed[TOTP_SEALED_BYTES];
        int r = totp_generate(&secret);

        if (r == 0)
                r = totp_seal(sealed, secret, account->uid, op->keys);
        if (r == 0)
                r = totp_uri(secret, op->settings->issuer, account->name, &uri);
        if (r == 0)
                r = totp_base32(secret, &base32);
        if (r == 0)
                r = note(op, account->uid, sealed);
        if (r != 0)
                return r;
        if (ret_secret)
                *ret_secret = TAKE_PTR(secret);
        if (ret_sealed)
                memcpy(ret_sealed, sealed, sizeof(sealed));
        *ret_uri = TAKE_PTR(uri);
        *ret_base32 = TAKE_PTR(base32);
        return 0;
}

int otp_setup_store(struct op *op, struct tx *tx, const struct account *account,
                    const unsigned char sealed[TOTP_SEALED_BYTES], uint64_t step)
{
        const struct audit_entry entry = {
                .event = "otp-enabled",
                .actor_uid = account->uid,
                .subject_uid = account->uid,
        };
        char key[LOCKOUT_SUBJECT_SIZE];
        int r = otp_confirm(tx, account->uid, sealed, step);

        lockout_subject_otp(key, account->uid);
        if (r == 0)
                r = lockout_clear(tx, key);
        if (r == 0)
                r = mail_queue(op, tx, account, MAIL_OTP_SET_UP, NULL);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r != 0)
                return r;
        op_signal(op, OP_USER_CHANGED, account);
        op_note(op, LOG_INFO, &(struct log_event){.event = "otp-enabled", .user = account->name},
                "%s turned the second factor on.", account->name);
        return 0;
}
