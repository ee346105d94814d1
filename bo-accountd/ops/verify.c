/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests a password: charged in a committed transaction first, the same work for every name (R38).
 */
#include "bo-accountd/ops/verify.h"

#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/policy/name.h"
#include "common/clock.h"

void subject_disown(struct op *op, const char *name, struct subject *subject)
{
        char folded[NAME_MAX_BYTES + 1];

        *subject = (struct subject){.known = false};
        lockout_subject_name(subject->key, name_fold(folded, name) == 0 ? folded : name, op->keys);
}

int subject_find(struct op *op, const char *name, struct subject *ret_subject)
{
        char folded[NAME_MAX_BYTES + 1];
        bool here = false;
        int r;

        subject_disown(op, name, ret_subject);
        if (name_fold(folded, name) < 0)
                return 0;
        r = account_by_name(op->store, folded, &ret_subject->account);
        if (r == 0)
                r = acting_here(op, &ret_subject->account, &here);
        if (r == BO_ERR_NO_SUCH_USER || (r == 0 && !here))
                return 0;
        if (r != 0)
                return r;
        ret_subject->known = true;
        lockout_subject_user(ret_subject->key, ret_subject->account.uid);
        return 0;
}

int subject_wait_usec(struct op *op, struct tx *tx, const struct subject *subject,
                      uint64_t *ret_wait_usec)
{
        struct lockout_state lock;
        int r = lockout_load(op->store, subject->key, &lock);

        if (r == 0)
                *ret_wait_usec = lockout_wait_usec(&op->settings->lockout, &lock, tx->now_usec);
        return r;
}

/*
 * The account is read again under the write lock: what is tested is what stands at the charge. It
 * is committed before the hash, so that whoever comes next counts it; the disk has it before the
 * answer is sent, with the verdict's commit: one wait for the disk instead of two.
 */
static int charge(struct op *op, struct subject *subject)
{
        const struct lockout_rule *rule = &op->settings->lockout;
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_async(op, &tx);

        if (r == 0 && subject->known)
                r = account_by_uid(op->store, subject->account.uid, &subject->account);
        if (r == 0)
                r = lockout_load(op->store, subject->key, &subject->lock);
        if (r != 0)
                return r;

        /* While locked it stays as it is (R38); it is written all the same: as much work. */
        bool locked = lockout_wait_usec(rule, &subject->lock, tx.now_usec) > 0;

        subject->lock = lockout_charge(rule, &subject->lock, tx.now_usec);
        r = lockout_save(&tx, subject->key, &subject->lock);
        if (r == 0)
                r = tx_commit(&tx);
        return r == 0 && locked ? BO_ERR_LOCKED_ATTEMPTS : r;
}

int verify_password(struct op *op, struct subject *subject, const struct secret *password)
{
        const struct password_cost *cost = &op->settings->cost;
        int charged = charge(op, subject);

        if (charged < 0)
                return charged;

        bool testable = charged == 0 && subject_testable(subject);
        int right = password_verify(testable ? subject->account.password_hash : NULL, password,
                                    op->keys, cost);

        if (right < 0)
                return right;
        if (charged != 0)
                return charged;
        return right == 1 && testable ? 0 : BO_ERR_WRONG_CREDENTIALS;
}

bool subject_testable(const struct subject *subject)
{
        return subject->known && subject->account.password_hash[0];
}

bool subject_locked_now(const struct op *op, const struct subject *subject)
{
        return subject->lock.failures >= op->settings->lockout.max_failures;
}

int subject_tell_lock(struct op *op, struct tx *tx, const struct subject *subject)
{
        char minutes[24];
        const struct mail_fields fields = {.minutes = minutes};

        if (!subject->known || !subject_locked_now(op, subject) ||
            subject->account.activated_usec == 0 || account_is_deactivated(&subject->account))
                return 0;
        snprintf(minutes, sizeof(minutes), "%llu",
                 (unsigned long long)(op->settings->lockout.lock_usec / USEC_PER_MIN));
        return mail_queue(op, tx, &subject->account, MAIL_LOCKED, &fields);
}

int subject_signal_lock(struct op *op, struct tx *tx, const struct subject *subject)
{
        struct account_state state;
        struct status_facts before;
        int r;

        if (!subject->known || !subject_locked_now(op, subject))
                return 0;
        r = account_state(op, tx, &subject->account, &state);
        if (r != 0)
                return r;
        before = state.facts;
        before.locked = false;
        op_signal_status(op, &subject->account, status_derive(&before), state.status,
                         "too many failed attempts");
        return 0;
}

void verify_wait_text(char *out, size_t size, uint64_t wait_usec)
{
        uint64_t minutes = (wait_usec + USEC_PER_MIN - 1) / USEC_PER_MIN;

        snprintf(out, size, "for %llu minute%s", (unsigned long long)minutes,
                 minutes == 1 ? "" : "s");
}
