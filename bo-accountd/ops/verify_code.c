/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests one-time and recovery codes, counted apart from passwords. */
#include "bo-accountd/ops/verify_code.h"

#include "bo-accountd/factor/recovery.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/otp.h"
#include "bo-accountd/store/recovery.h"

#include <inttypes.h>
#include <string.h>

static int load(struct op *op, uint32_t uid, char key[LOCKOUT_SUBJECT_SIZE],
                struct lockout_state *ret_lock)
{
        lockout_subject_otp(key, uid);
        return lockout_load(op->store, key, ret_lock);
}

int verify_code_wait(struct op *op, struct tx *tx, uint32_t uid, uint64_t *ret_wait_usec)
{
        char key[LOCKOUT_SUBJECT_SIZE];
        struct lockout_state lock;
        int r = load(op, uid, key, &lock);

        if (r == 0)
                *ret_wait_usec = lockout_wait_usec(&op->settings->lockout, &lock, tx->now_usec);
        return r;
}

int verify_code_charge(struct op *op, struct tx *tx, uint32_t uid)
{
        const struct lockout_rule *rule = &op->settings->lockout;
        char key[LOCKOUT_SUBJECT_SIZE];
        struct lockout_state lock;
        int r = load(op, uid, key, &lock);

        if (r != 0)
                return r;
        lock = lockout_charge(rule, &lock, tx->now_usec);
        r = lockout_save(tx, key, &lock);
        if (r != 0)
                return r;
        return lockout_wait_usec(rule, &lock, tx->now_usec) > 0 ? BO_ERR_LOCKED_ATTEMPTS
                                                                : BO_ERR_WRONG_CREDENTIALS;
}

/* Of a sealed factor; 1 right and step written, 0 wrong. */
static int code_step(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code,
                     uint64_t *ret_step)
{
        _cleanup_(secret_freep) struct secret *secret = NULL;
        uint64_t latest_usec;
        struct otp otp;
        int r = otp_load(op->store, uid, &otp);

        if (r == 0 && !otp.confirmed)
                r = BO_ERR_OTP_NOT_BEGUN;
        if (r == 0)
                r = tx_high_since(tx, otp.clock_epoch, &latest_usec);
        if (r == 0)
                r = totp_open(&secret, otp.sealed, sizeof(otp.sealed), uid, op->keys);
        if (r != 0)
                return r < 0 ? r : 0;
        return totp_verify(secret, code->bytes, code->size, latest_usec, otp.last_step, ret_step);
}

/* 1 right and used up, 0 wrong. */
static int use_app_code(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code)
{
        uint64_t step = 0;
        int right = code_step(op, tx, uid, code, &step);

        if (right != 1)
                return right;
        right = otp_accept_step(tx, uid, step);
        return right < 0 ? right : right == 0;
}

static int record_recovery(struct op *op, struct tx *tx, uint32_t uid)
{
        char detail[32];
        const struct audit_entry entry = {
                .event = "recovery-code-used",
                .actor_uid = uid,
                .subject_uid = uid,
                .detail = detail,
        };
        struct account account;
        uint32_t left = 0;
        int r = recovery_left(op->store, uid, &left);

        snprintf(detail, sizeof(detail), "left=%" PRIu32, left);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r == 0)
                r = account_by_uid(op->store, uid, &account);
        if (r != 0)
                return r;
        op_note(op, LOG_NOTICE,
                &(struct log_event){
                        .event = entry.event, .user = account.name, .detail = entry.detail},
                "%s used a recovery code; %" PRIu32 " are left.", account.name, left);
        return 0;
}

/* 1 right and used up, 0 wrong. Only beside a factor that is on: a reset has deleted them. */
static int use_recovery_code(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code)
{
        unsigned char hash[KEYED_HASH_BYTES];
        struct recovery_code recovery;
        int r;

        if (!op->settings->recovery_codes ||
            recovery_parse(&recovery, code->bytes, code->size) != TOKEN_FORM_GOOD)
                return 0;
        r = BO_ERR_WRONG_CREDENTIALS;
        KEYS_EACH (key, op->keys) {
                recovery_hash(hash, &recovery, uid, key);
                if (r == BO_ERR_WRONG_CREDENTIALS)
                        r = recovery_use(tx, uid, hash);
        }
        explicit_bzero(&recovery, sizeof(recovery));
        if (r == 0)
                r = record_recovery(op, tx, uid);
        return r < 0 ? r : r == 0;
}

static int verify(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code,
                  bool recovery)
{
        char key[LOCKOUT_SUBJECT_SIZE];
        uint64_t wait_usec = 0;
        int right, r = verify_code_wait(op, tx, uid, &wait_usec);

        if (r != 0)
                return r;
        if (wait_usec > 0)
                return BO_ERR_LOCKED_ATTEMPTS;
        right = use_app_code(op, tx, uid, code);
        if (right == 0 && recovery)
                right = use_recovery_code(op, tx, uid, code);
        if (right < 0)
                return right;
        if (!right)
                return verify_code_charge(op, tx, uid);
        lockout_subject_otp(key, uid);
        return lockout_clear(tx, key);
}

int verify_code(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code)
{
        return verify(op, tx, uid, code, true);
}

int verify_app_code(struct op *op, struct tx *tx, uint32_t uid, const struct secret *code)
{
        return verify(op, tx, uid, code, false);
}

bool verify_is_recovery(const struct op *op, const struct secret *code)
{
        struct recovery_code recovery;
        enum token_form form = recovery_parse(&recovery, code->bytes, code->size);

        explicit_bzero(&recovery, sizeof(recovery));
        return op->settings->recovery_codes && form == TOKEN_FORM_GOOD;
}
