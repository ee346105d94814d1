/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers: created by the operator, listed for their members. */
#include "bo-accountd/ops/customer.h"

#include <errno.h>

int customer_new_check(struct op *op, const struct customer_new *call)
{
        if (!name_is_customer_id(call->id))
                return op_refuse(op, BO_ERR_BAD_VALUE,
                                 "Id: 1 to 32 of a-z, 0-9 and '-', beginning with a letter, not "
                                 "ending with '-'.");
        return customer_check_alias(op, call->alias);
}

int customer_new_insert(struct op *op, struct tx *tx, const struct customer_new *call,
                        const char *subscription)
{
        char detail[128] = "";
        int r = customer_insert(tx, call->id, call->alias, op->settings->gid_first,
                                op->settings->gid_last);

        if (r == 0 && call->type[0])
                r = customer_set_type(tx, call->id, call->type, subscription);
        if (call->type[0])
                snprintf(detail, sizeof(detail), "type=%s subscription=%s", call->type,
                         subscription);
        return r == 0 ? customer_record(op, tx, "customer-created", call->id, detail) : r;
}

int op_customer_create(struct op *op, const struct customer_new *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const char *subscription = NULL;
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = customer_new_check(op, call);
        if (r == 0)
                r = customer_pick_subscription(op, call->type, call->subscription, "",
                                               &subscription);
        if (r == 0)
                r = customer_new_insert(op, &tx, call, subscription);
        if (r == 0)
                r = tx_commit(&tx);
        if (r != 0)
                return r;
        op_publish(op);
        customer_tell(op, OP_CUSTOMER_ADDED, "customer-created", call->id, call->type);
        return 0;
}

static int list_row(void *userdata, const struct customer *customer)
{
        struct customer_list *call = userdata;

        if (call->n == call->limit) {
                call->more = true;
                return 1;
        }
        call->customers[call->n++] = *customer;
        return 0;
}

int op_customer_list(struct op *op, struct customer_list *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        uint32_t member = actor_is_operator(op) ? 0 : op->actor_uid;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_READ_SHARED, NULL, NULL);
        if (r != 0)
                return r;
        call->customers = calloc(call->limit, sizeof(*call->customers));
        if (!call->customers)
                return -ENOMEM;
        r = customer_list(op->store, member, call->after, call->limit + 1, list_row, call);
        return r == 1 ? 0 : r;
}
