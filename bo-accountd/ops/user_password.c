/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords by D-Bus: a person's by himself, an API user's by an administrator (R4, R7, R14). */
#include "bo-accountd/ops/new_password.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/verify.h"

static int tell_refused(struct op *op, struct tx *tx, const struct subject *subject)
{
        int r = subject_tell_lock(op, tx, subject);

        if (r == 0)
                r = subject_signal_lock(op, tx, subject);
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = "password-refused",
                                    .user = subject->account.name,
                                    .detail =
                                            subject_locked_now(op, subject) ? "locked" : "counted"},
                "A wrong password was given for %s by uid %u, who had logged in before.",
                subject->account.name, op->actor_uid);
        return r;
}

int op_own_password(struct op *op, const struct account *account, const struct secret *password)
{
        struct subject subject = {.known = true, .account = *account};
        const struct audit_entry entry = {
                .event = "password-refused",
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
        };
        _cleanup_(tx_end) struct tx tx = {0};
        int outcome, r;

        lockout_subject_user(subject.key, account->uid);
        outcome = verify_password(op, &subject, password);
        if (outcome < 0 || outcome == BO_ERR_LOCKED_ATTEMPTS)
                return outcome;
        r = op_begin_write(op, &tx);
        if (r == 0)
                r = outcome == 0 ? lockout_clear(&tx, subject.key) : audit_append(&tx, &entry);
        if (r == 0 && outcome != 0)
                r = tell_refused(op, &tx, &subject);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_keep_told(op);
        return r != 0 ? r : outcome;
}

/* Judges, hashes and stores; @epoch is what the account must still stand at. */
static int set(struct op *op, struct account *account, const struct secret *fresh,
               const struct secret *old, const char *detail)
{
        int64_t epoch = account->credential_epoch;
        char hash[PASSWORD_HASH_SIZE], why[OP_MESSAGE_SIZE] = "";
        _cleanup_(tx_end) struct tx tx = {0};
        int r = new_password_check(op, account, fresh, old, why, sizeof(why));

        if (r > 0)
                return op_refuse(op, r, "%s", why);
        if (r == 0)
                r = new_password_hash(op, account, fresh, old != NULL, hash);
        if (r == 0)
                r = op_begin_write(op, &tx);
        if (r == 0)
                r = account_by_uid(op->store, account->uid, account);
        if (r == 0 && account->credential_epoch != epoch)
                r = op_refuse(op, BO_ERR_WRONG_STATE, "The password was changed meanwhile.");
        if (r == 0)
                r = new_password_change(op, &tx, account, hash, detail);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_user_change_password(struct op *op, uint32_t uid, const struct secret *old,
                            const struct secret *fresh)
{
        struct account account;
        int r = op_authorised(op, ACCESS_PERSONAL, uid, &account);

        if (r == 0)
                r = op_own_password(op, &account, old);
        return r == 0 ? set(op, &account, fresh, old, "by the user") : r;
}

int op_user_set_api_password(struct op *op, uint32_t uid, const struct secret *fresh)
{
        struct account account;
        int r = op_authorised(op, ACCESS_SET_API_PASSWORD, uid, &account);

        return r == 0 ? set(op, &account, fresh, NULL, "by an administrator") : r;
}

int op_user_set_profile(struct op *op, uint32_t uid, const char *full_name)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        const struct audit_entry entry = {
                .event = "profile-changed",
                .actor_uid = op->actor_uid,
                .subject_uid = uid,
        };
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_PERSONAL, uid, NULL, &account);
        if (r == 0 && full_name[0] && !name_is_gecos(full_name))
                r = op_refuse(op, BO_ERR_BAD_VALUE,
                              "FullName: at most 128 bytes, no ':' ',' or control character.");
        if (r == 0)
                r = account_set_full_name(&tx, uid, full_name);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_publish(op);
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_INFO, &(struct log_event){.event = entry.event, .user = account.name},
                "%s changed what his profile says.", account.name);
        return 0;
}
