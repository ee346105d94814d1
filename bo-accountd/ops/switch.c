/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user of several customers chooses for which of them he acts (R50). */
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/acting.h"

#include <string.h>

/* Of a customer where he is no active member he learns no more than of none. */
static int check(struct op *op, const struct account *account, const char *customer)
{
        const char *host = op->settings->customer;
        bool active = false;
        int r = member_is_active(op->store, account->uid, customer, &active);

        if (r == 0 && !active)
                return op_refuse(op, BO_ERR_NO_SUCH_CUSTOMER,
                                 "You are no active member of a customer \"%.64s\".", customer);
        if (r == 0 && host[0] && strcmp(customer, host) != 0)
                return op_refuse(op, BO_ERR_WRONG_STATE,
                                 "On this host everybody acts for %s: switch on another one.",
                                 host);
        return r;
}

/* Once for each change: who asks again for what is so changes nothing. */
static int store(struct op *op, struct tx *tx, const struct account *account, const char *customer)
{
        const struct audit_entry entry = {
                .event = "customer-switched",
                .actor_uid = op->actor_uid,
                .subject_uid = account->uid,
                .customer = customer,
        };
        int r;

        if (strcmp(account->acting_customer, customer) == 0)
                return 0;
        r = member_act_for(tx, account->uid, customer);
        return r == 0 ? audit_append(tx, &entry) : r;
}

int op_user_switch(struct op *op, uint32_t uid, const char *customer)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct account account;
        bool same;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = op_target(op, &tx, ACCESS_PERSONAL, uid, NULL, &account);
        if (r == 0)
                r = check(op, &account, customer);
        if (r == 0)
                r = store(op, &tx, &account, customer);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        same = strcmp(account.acting_customer, customer) == 0;
        op_publish(op);
        if (same)
                return 0;
        op_signal(op, OP_USER_CHANGED, &account);
        op_note(op, LOG_INFO,
                &(struct log_event){
                        .event = "customer-switched", .user = account.name, .customer = customer},
                "%s acts for %s now.", account.name, customer);
        return 0;
}
