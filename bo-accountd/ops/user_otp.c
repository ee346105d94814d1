/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The second factor by D-Bus: begun and confirmed by the user, reset by the operator (R54 to R56,
 * R62). */
#include "bo-accountd/ops/key.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/otp_setup.h"
#include "bo-accountd/ops/recovery.h"
#include "bo-accountd/ops/verify_code.h"
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/otp.h"
#include "bo-accountd/store/recovery.h"
#include "bo-accountd/store/session.h"

int op_user_begin_otp(struct op *op, struct user_otp *call)
{
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, call->uid, &account);

        if (r == 0 && account.otp_on)
                r = BO_ERR_OTP_ALREADY_ON;
        return r == 0 ? otp_setup_begin(op, &account, NULL, NULL, &call->uri, &call->base32) : r;
}

static int refuse_code(struct op *op, int outcome)
{
        if (outcome != BO_ERR_WRONG_CREDENTIALS)
                return outcome;
        return op_refuse(op, outcome,
                         "This is not the present code of the app. Is the clock of the device "
                         "right?");
}

/* Counted like the codes of a login. */
static int refuse_pending_code(struct op *op, uint32_t uid)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome, r = op_begin_write(op, &tx);

        if (r != 0)
                return r;
        outcome = verify_code_charge(op, &tx, uid);
        r = outcome > 0 ? tx_commit(&tx) : outcome;
        return r == 0 ? refuse_code(op, outcome) : r;
}

static int own_password(struct op *op, const struct account *account, const struct secret *password)
{
        int r = op_own_password(op, account, password);

        return r == BO_ERR_WRONG_CREDENTIALS ? op_refuse(op, r, "The password is wrong.") : r;
}

/* The factor that waits for its first code; BO_ERR_LOCKED_ATTEMPTS. */
static int load_pending(struct op *op, uint32_t uid, struct otp *ret_otp)
{
        _cleanup_(tx_end) struct tx tx = {0};
        uint64_t wait_usec = 0;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = otp_load(op->store, uid, ret_otp);
        if (r == 0 && ret_otp->confirmed)
                r = BO_ERR_OTP_ALREADY_ON;
        if (r == 0)
                r = verify_code_wait(op, &tx, uid, &wait_usec);
        return r == 0 && wait_usec > 0 ? BO_ERR_LOCKED_ATTEMPTS : r;
}

/* The code first: a mistyped one costs no attempt at the password. Both belong to the caller, who
 * sees the secret anyway. */
static int confirm(struct op *op, const struct user_otp *call, const struct account *account)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        _cleanup_(tx_end) struct tx tx = {0};
        uint64_t step = 0;
        struct otp otp;
        int right, r = load_pending(op, call->uid, &otp);

        if (r == 0)
                r = totp_open(&secret, otp.sealed, sizeof(otp.sealed), call->uid, op->keys);
        if (r != 0)
                return r;
        right = totp_verify(secret, call->code->bytes, call->code->size, op->clock_usec, 0, &step);
        if (right < 0)
                return right;
        if (right == 0)
                return refuse_pending_code(op, call->uid);
        r = own_password(op, account, call->password);
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = otp_setup_store(op, &tx, account, otp.sealed, step);
        if (r == 0 && call->recovery)
                r = recovery_set_store(op, &tx, account, call->recovery);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_user_confirm_otp(struct op *op, struct user_otp *call)
{
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, call->uid, &account);

        return r == 0 ? confirm(op, call, &account) : r;
}

/* A new set in place of the old one. Not for a recovery code: who has lost the app gets no codes
 * without end (R62). */
static int renew(struct op *op, const struct user_otp *call, const struct account *account)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome, r = own_password(op, account, call->password);

        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r != 0)
                return r;
        outcome = verify_app_code(op, &tx, call->uid, call->code);
        if (outcome < 0)
                return outcome;
        if (outcome == 0)
                r = recovery_set_store(op, &tx, account, call->recovery);
        if (r == 0)
                r = tx_commit(&tx);
        return r == 0 ? refuse_code(op, outcome) : r;
}

int op_user_create_recovery(struct op *op, struct user_otp *call)
{
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, call->uid, &account);

        if (r == 0 && !op->settings->recovery_codes)
                r = BO_ERR_RECOVERY_OFF;
        if (r == 0)
                r = recovery_set_make(call->recovery);
        if (r != 0)
                return r;
        return account.otp_on ? renew(op, call, &account) : confirm(op, call, &account);
}

/* Everything that belongs to the factor goes, and whoever is in by it (R62). */
static int take_away(struct op *op, struct tx *tx, const struct account *account,
                     const char *reason)
{
        char key[LOCKOUT_SUBJECT_SIZE];
        int r = otp_delete(tx, account->uid);

        lockout_subject_otp(key, account->uid);
        if (r == 0)
                r = recovery_delete(tx, account->uid);
        if (r == 0)
                r = key_end_all(op, tx, account, "reset of the second factor");
        if (r == 0)
                r = lockout_clear(tx, key);
        if (r == 0)
                r = session_must_end_firmly(tx, account->uid);
        if (r == 0)
                r = mail_queue(op, tx, account, MAIL_OTP_RESET,
                               &(struct mail_fields){.reason = reason});
        return r;
}

int op_user_reset_otp(struct op *op, struct user_otp *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        char detail[ACCOUNT_TEXT_SIZE + 16];
        const struct audit_entry entry = {
                .event = "otp-reset",
                .actor_uid = op->actor_uid,
                .subject_uid = call->uid,
                .detail = detail,
        };
        int r = op_begin_operate_write(op, &tx);

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
        r = take_away(op, &tx, &account, call->reason);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "otp-reset", .user = account.name, .detail = detail},
                "uid %u reset the second factor of %s.", op->actor_uid, account.name);
        return 0;
}
