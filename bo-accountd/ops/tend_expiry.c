/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of the pass that tells people by mail, once, that their password expires soon (R3). */
#include "bo-accountd/ops/mail.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/policy/password_age.h"

#include <inttypes.h>

#define BATCH 100 /* users in one transaction: others want to write too */

static int mail(struct op *op, struct tx *tx, const struct account *account, uint64_t expires_usec)
{
        char days[16];

        snprintf(days, sizeof(days), "%" PRIu32,
                 password_age_days_left(expires_usec, tx->now_usec));
        return mail_queue(op, tx, account, MAIL_PASSWORD_EXPIRES,
                          &(struct mail_fields){.days = days});
}

/* Whom a mail is of no use to, since it is too late or he has none, counts as told, so that the
 * next pass does not look at him again. */
static int tell(struct op *op, struct tx *tx, uint32_t uid)
{
        struct account account;
        struct account_state state;
        int r = account_by_uid(tx->store, uid, &account);

        if (r == 0)
                r = account_state(op, tx, &account, &state);
        if (r == 0 && !state.facts.password_expired && !state.facts.idle &&
            !state.facts.deactivated)
                r = mail(op, tx, &account, state.password_expires_usec);
        return r == 0 ? account_expiry_told(tx, uid) : r;
}

static int tell_batch(struct op *op, uint64_t age_usec, bool *ret_more)
{
        _cleanup_(tx_end) struct tx tx = {0};
        _cleanup_(freep) uint32_t *uids = NULL;
        size_t n = 0;
        int r = op_begin_write(op, &tx);

        if (r == 0 && tx.now_usec > age_usec)
                r = account_aging(tx.store, tx.now_usec - age_usec, BATCH, &uids, &n);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = tell(op, &tx, uids[i]);
        *ret_more = n == BATCH;
        return r == 0 ? tx_commit(&tx) : r;
}

int op_tell_expiry(struct op *op)
{
        const struct password_age_rule *rule = &op->settings->password_age;
        bool more = op->settings->mail && rule->max_age_usec > 0 && rule->warn_usec > 0;
        uint64_t age_usec =
                rule->max_age_usec > rule->warn_usec ? rule->max_age_usec - rule->warn_usec : 0;
        int r = 0;

        while (r == 0 && more)
                r = tell_batch(op, age_usec, &more);
        return r;
}
