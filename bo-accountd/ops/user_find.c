/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the user whom a request is about; what the actor may not see does not exist for him (R10).
 */
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/invitation.h"

/* Stands for whom there is not: the same is asked and answered, and takes as long, as for a user
 * whom the actor may not see. */
static const struct account nobody;

int op_target(struct op *op, struct tx *tx, enum access_verb verb, uint32_t uid,
              const char *customer, struct account *ret_account)
{
        int r = account_by_uid(tx->store, uid, ret_account);
        bool missing = r == BO_ERR_NO_SUCH_USER;

        if (r == 0 || missing)
                r = authorise(op, tx, verb, missing ? &nobody : ret_account, customer);
        return r == 0 && missing ? BO_ERR_NO_SUCH_USER : r;
}

int op_authorised(struct op *op, enum access_verb verb, uint32_t uid, struct account *ret_account)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? op_target(op, &tx, verb, uid, NULL, ret_account) : r;
}

/* May the actor see whom @r says is in @account? Of nobody it takes as long to say no. */
static int look(struct op *op, struct tx *tx, int r, const struct account *account)
{
        bool missing = r == BO_ERR_NO_SUCH_USER;

        if (r == 0 || missing)
                r = authorise(op, tx, ACCESS_READ_USER, missing ? &nobody : account, NULL);
        return r == 0 && missing ? BO_ERR_NO_SUCH_USER : r;
}

static int find_invitation(struct op *op, struct tx *tx, const char *name,
                           struct account *ret_account)
{
        uint32_t uid = 0;
        int r = invitation_seen_by(tx->store, name, op->actor_uid, &uid);

        if (r == 0)
                r = account_by_uid(tx->store, uid != 0 ? uid : op->actor_uid, ret_account);
        return r == 0 && uid == 0 ? BO_ERR_NO_SUCH_USER : r;
}

/*
 * By this name the actor may see a user, or an invitation alone: to him it is a user as any other
 * (R49). Both are looked at in any case, or the time would tell them apart.
 */
static int find_by_name(struct op *op, struct tx *tx, const char *name, struct account *ret_account)
{
        struct account invitation;
        int user = look(op, tx, account_by_name(tx->store, name, ret_account), ret_account);
        int other = look(op, tx, find_invitation(op, tx, name, &invitation), &invitation);

        if (user != BO_ERR_NO_SUCH_USER)
                return user;
        if (other == 0)
                *ret_account = invitation;
        return other;
}

int user_readable(struct op *op, struct tx *tx, struct user_find *call)
{
        char folded[NAME_MAX_BYTES + 1];
        struct account account;
        int r;

        if (!call->name)
                return op_target(op, tx, ACCESS_READ_USER, call->uid, NULL, &account);
        r = name_fold(folded, call->name);
        if (r < 0)
                r = authorise(op, tx, ACCESS_READ_USER, &nobody, NULL);
        else
                r = find_by_name(op, tx, folded, &account);
        if (r == 0)
                call->uid = account.uid;
        return r;
}

int op_user_find(struct op *op, struct user_find *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        return r == 0 ? user_readable(op, &tx, call) : r;
}
