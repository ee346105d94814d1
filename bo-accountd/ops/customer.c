/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers: created by the operator, seen by their members. */
#include "bo-accountd/ops/ops.h"

#include <errno.h>

int op_customer_create(struct op *op, const char *id, const char *alias)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const struct audit_entry entry = {
                .event = "customer-created",
                .actor_uid = op->actor_uid,
                .subject_uid = AUDIT_NOBODY,
                .customer = id,
        };
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_OPERATE, NULL, NULL);
        if (r == 0 && !name_is_customer_id(id))
                r = op_refuse(op, BO_ERR_BAD_VALUE,
                              "Id: 1 to 32 of a-z, 0-9 and '-', beginning with a letter, not "
                              "ending with '-'.");
        if (r == 0 && alias[0] && !name_is_gecos(alias))
                r = op_refuse(op, BO_ERR_BAD_VALUE,
                              "Alias: at most 128 bytes, no ':' ',' or control character.");
        if (r == 0)
                r = customer_insert(&tx, id, alias, op->settings->gid_first,
                                    op->settings->gid_last);
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_publish(op);
        return r;
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

int op_customer_view(struct op *op, const char *id, struct customer *ret_customer)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_READ_CUSTOMER, NULL, id);
        if (r == BO_ERR_NO_SUCH_USER)
                r = BO_ERR_NO_SUCH_CUSTOMER;
        return r == 0 ? customer_load(op->store, id, ret_customer) : r;
}
