/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CheckPermission: may this user do this, here, now? Asked by programs before they do it. */
#include "bo-accountd/ops/acting.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/ops/permission.h"

/*
 * Whoever may not ask for everybody finds users as GetUser does (R10): who is not seen by him and
 * who does not exist are the same.
 */
static int find(struct op *op, struct tx *tx, const struct permission_check *call,
                struct account *ret_account)
{
        struct user_find wanted = {.name = call->user};
        char folded[NAME_MAX_BYTES + 1];
        int r;

        if (!call->user[0])
                return account_by_uid(tx->store, op->actor_uid, ret_account);
        r = name_fold(folded, call->user) < 0 ? BO_ERR_NO_SUCH_USER
                                              : account_by_name(tx->store, folded, ret_account);
        if (r < 0 || (r == 0 && ret_account->uid == op->actor_uid) || actor_may_ask(op))
                return r;
        r = user_readable(op, tx, &wanted);
        return r == 0 ? account_by_uid(tx->store, wanted.uid, ret_account) : r;
}

/* Without a customer: the one the user acts for; of somebody whom one sees in a customer alone, the
 * one that one acts for oneself, since nothing of others is told (R10). */
static int customer_choose(struct op *op, struct tx *tx, const struct account *account,
                           char customer[CUSTOMER_ID_SIZE])
{
        struct account actor;
        int r;

        if (account->uid == op->actor_uid || actor_may_ask(op))
                return 0;
        r = account_by_uid(tx->store, op->actor_uid, &actor);
        return r == 0 ? acting_customer(op, &actor, customer) : r;
}

static int check(struct op *op, struct tx *tx, struct permission_check *call,
                 const struct account *account)
{
        char chosen[CUSTOMER_ID_SIZE] = "";
        struct permission_answer answer;
        int r = call->customer[0] ? 0 : customer_choose(op, tx, account, chosen);
        const char *customer = call->customer[0] ? call->customer : chosen;

        if (r == 0)
                r = authorise_ask(op, tx, account, customer[0] ? customer : NULL);
        if (r == 0)
                r = permission_decide(op, tx,
                                      &(struct permission_query){
                                              .account = account,
                                              .permission = call->permission,
                                              .customer = customer,
                                              .location = call->location,
                                              .service = call->service,
                                              .rhost = call->rhost,
                                              .tty = call->tty,
                                      },
                                      &answer);
        if (r == 0) {
                call->allowed = answer.verdict == PERMISSION_GRANTED;
                call->reason = permission_reason(answer.verdict);
        }
        return r;
}

int op_permission_check(struct op *op, struct permission_check *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = find(op, &tx, call, &account);
        if (r == BO_ERR_NO_SUCH_USER) {
                r = authorise_ask(op, &tx, NULL, NULL);
                return r != 0 ? r : BO_ERR_NO_SUCH_USER;
        }
        return r == 0 ? check(op, &tx, call, &account) : r;
}
