/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second factor by D-Bus: begun and confirmed by the user, reset by the operator (R54 to R56,
 * R62). */
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/otp_setup.h"
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/otp.h"

int op_user_begin_otp(struct op *op, struct user_otp *call)
{
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, call->uid, &account);

        if (r == 0 && account.otp_on)
                r = BO_ERR_OTP_ALREADY_ON;
        return r == 0 ? otp_setup_begin(op, &account, NULL, NULL, &call->uri, &call->base32) : r;
}

/* The code first: a mistyped one costs no attempt at the password. Both belong to the caller, who
 * sees the secret anyway. */
static int confirm(struct op *op, const struct user_otp *call, const struct account *account)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        _cleanup_(tx_end) struct tx tx = {0};
        uint64_t step = 0;
        struct otp otp;
        int right, r = otp_load(op->store, call->uid, &otp);

        if (r == 0 && otp.confirmed)
                r = BO_ERR_OTP_ALREADY_ON;
        if (r == 0)
                r = totp_open(&secret, otp.sealed, sizeof(otp.sealed), call->uid, op->keys);
        if (r != 0)
                return r;
        right = totp_verify(secret, call->code->bytes, call->code->size, op->clock_usec, 0, &step);
        if (right < 0)
                return right;
        if (right == 0)
                return op_refuse(op, BO_ERR_WRONG_CREDENTIALS,
                                 "This is not the present code of the app. Is the clock of the "
                                 "device right?");
        r = op_own_password(op, account, call->password);
        if (r > 0)
                return op_refuse(op, r, "%s",
                                 r == BO_ERR_WRONG_CREDENTIALS ? "The password is wrong."
                                                               : bo_error_text(r));
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = otp_setup_store(op, &tx, account, otp.sealed, step);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_user_confirm_otp(struct op *op, struct user_otp *call)
{
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, call->uid, &account);

        return r == 0 ? confirm(op, call, &account) : r;
}

int op_user_reset_otp(struct op *op, struct user_otp *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        char detail[ACCOUNT_TEXT_SIZE + 16], key[LOCKOUT_SUBJECT_SIZE];
        const struct audit_entry entry = {
                .event = "otp-reset",
                .actor_uid = op->actor_uid,
                .subject_uid = call->uid,
                .detail = detail,
        };
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_OPERATE, NULL, NULL);
        if (r == 0)
                r = op_target(op, &tx, ACCESS_ADMINISTER, call->uid, NULL, &account);
        if (r == 0 && (!call->reason || !call->reason[0] || !name_is_gecos(call->reason)))
                r = op_refuse(
                        op, BO_ERR_BAD_VALUE,
                        "Reason: required; at most 128 bytes, no ':' ',' or control character.");
        if (r == 0 && !account.otp_on)
                r = op_refuse(op, BO_ERR_WRONG_STATE, "%s has no second factor.", account.name);
        if (r != 0)
                return r;
        snprintf(detail, sizeof(detail), "reason=%s", call->reason);
        lockout_subject_otp(key, call->uid);
        r = otp_delete(&tx, call->uid);
        if (r == 0)
                r = lockout_clear(&tx, key);
        if (r == 0) /* whoever is in by the factor that was lost */
                r = session_must_end(&tx, call->uid);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_signal(op, OP_USER_CHANGED, &account);
        return r;
}
