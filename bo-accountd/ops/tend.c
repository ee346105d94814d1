/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What nobody asks for, but time brings: idle accounts are marked (R40), dead rows dropped. */
#include "bo-accountd/ops/approval.h"
#include "bo-accountd/ops/mail_deliver.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/lockout.h"
#include "bo-accountd/store/mail.h"
#include "bo-accountd/store/throttle.h"
#include "bo-accountd/store/token.h"
#include "common/clock.h"

#include <malloc.h>

#define TEND_BATCH 100 /* users in one transaction: others want to write too */
#define TOKEN_REMAINS_FOR                                                                          \
        (7 * USEC_PER_DAY) /* after its end: it tells an administrator what became of it */
#define MAIL_REMAINS_FOR (30 * USEC_PER_DAY) /* one that was given up */

int op_catch_up(struct op *op)
{
        const struct publish_options options = op_publish_options(op);

        return publisher_catch_up(op->publisher, op->store, &options);
}

int op_rebase(struct op *op)
{
        const struct publish_options options = op_publish_options(op);

        return publisher_rebase(op->publisher, op->store, &options);
}

/* Told in the journal one by one: it is what the pass has done without being asked. */
static void tell_idle(struct op *op, const struct account *account,
                      const struct account_state *state)
{
        op_note(op, LOG_NOTICE, &(struct log_event){.event = "user-idle", .user = account->name},
                "%s has not logged in for too long, and is locked.", account->name);
        /* Of who is disabled, that is what shows. */
        if (!state->facts.deactivated)
                op_signal_status(op, account, STATUS_ACTIVE, STATUS_LOCKED_INACTIVITY,
                                 "not used for too long");
}

static int mark(struct op *op, struct tx *tx, uint32_t uid, bool *ret_marked)
{
        const struct audit_entry entry = {
                .event = "user-idle",
                .actor_uid = AUDIT_NOBODY,
                .subject_uid = uid,
        };
        struct account account;
        struct account_state state;
        int r = account_by_uid(op->store, uid, &account);

        if (r == 0)
                r = account_state(op, tx, &account, &state);
        if (r != 0 || !state.facts.idle)
                return r;
        r = account_mark_idle(tx, uid);
        if (r == 0)
                r = audit_append(tx, &entry);
        if (r != 0)
                return r;

        *ret_marked = true;
        tell_idle(op, &account, &state);
        return 0;
}

/* One transaction of the pass; *ret_more tells whether another is worth it. */
static int mark_batch(struct op *op, bool *ret_more)
{
        uint64_t max_usec = op->settings->inactivity_max_usec;
        _cleanup_(tx_end) struct tx tx = {0};
        _cleanup_(freep) uint32_t *uids = NULL;
        bool marked = false;
        size_t n = 0;
        int r = op_begin_write(op, &tx);

        *ret_more = false;
        if (r == 0 && max_usec > 0 && tx.now_usec > max_usec)
                r = account_quiet(op->store, tx.now_usec - max_usec, TEND_BATCH, &uids, &n);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = mark(op, &tx, uids[i], &marked);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_keep_told(op);
        *ret_more = n == TEND_BATCH && marked;
        return r;
}

static int sweep(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0 && tx.now_usec > TOKEN_REMAINS_FOR)
                r = token_sweep(&tx, tx.now_usec - TOKEN_REMAINS_FOR);
        if (r == 0 && tx.now_usec > op->settings->lockout.lock_usec)
                r = lockout_sweep(&tx, tx.now_usec - op->settings->lockout.lock_usec);
        if (r == 0 && tx.now_usec > MAIL_REMAINS_FOR)
                r = mail_sweep(&tx, tx.now_usec - MAIL_REMAINS_FOR);
        if (r == 0)
                r = throttle_sweep(&tx, tx.now_usec);
        return r == 0 ? tx_commit(&tx) : r;
}

int op_tend(struct op *op)
{
        bool more = true;
        int r = op_tell_older(op);

        op_mail_watch(op);
        while (r == 0 && more && op->n_signals < OP_TOLD_MOST)
                r = mark_batch(op, &more);
        op->again = r == 0 && more;
        if (r == 0)
                r = op_tell_expiry(op);
        if (r == 0)
                r = op_approval_tend(op);
        if (r == 0)
                r = sweep(op);
        if (r == 0)
                r = op_session_tend(op);
        if (r == 0)
                r = store_checkpoint(op->store);
        return r == 0 ? op_mark(op) : r;
}

/* A log that was moved is written over from its begin, which costs a login less than one that grows
 * does. */
int op_move_log(struct op *op)
{
        return store_checkpoint(op->store);
}

/* When it has got quiet: memory that a storm needed is given back as well. */
int op_settle(struct op *op)
{
        int r = op_move_log(op);

        if (r == 0)
                r = op_mark(op);
        op_publish_lazily(op); /* an import leaves it to us while it goes on */
        malloc_trim(0);
        return r;
}
