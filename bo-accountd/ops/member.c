/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which membership of a user a request is about, and how it stands. */
#include "bo-accountd/ops/member.h"
#include "bo-accountd/ops/ops.h"

#include <string.h>

int membership_find(struct op *op, uint32_t uid, const char *customer,
                    struct membership *ret_membership)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        size_t n = 0;
        int r = member_roles(op->store, uid, &rows, &n);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (strcmp(rows[i].customer, customer) == 0) {
                        ret_membership->disabled = rows[i].disabled;
                        ret_membership->disabled_by_operator = rows[i].disabled_by_operator;
                        return 0;
                }
        return r != 0 ? r : BO_ERR_NO_SUCH_CUSTOMER;
}

/* One row for each customer: they are in order. */
static bool is_first(const struct member_role *rows, size_t i)
{
        return i == 0 || strcmp(rows[i].customer, rows[i - 1].customer) != 0;
}

int membership_meant(struct op *op, struct tx *tx, uint32_t uid,
                     char ret_customer[CUSTOMER_ID_SIZE])
{
        _cleanup_(freep) struct member_role *rows = NULL;
        struct account account;
        size_t n = 0, managed = 0;
        int r = op_target(op, tx, ACCESS_ADMINISTER, uid, NULL, &account);

        if (r == 0)
                r = member_roles(op->store, uid, &rows, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                int may = is_first(rows, i)
                                  ? authorise(op, tx, ACCESS_ADMINISTER, &account, rows[i].customer)
                                  : BO_ERR_NOT_ALLOWED;

                if (may < 0)
                        return may;
                if (may == 0 && managed++ == 0)
                        memcpy(ret_customer, rows[i].customer, CUSTOMER_ID_SIZE);
        }
        if (r == 0 && managed > 1)
                r = op_refuse(op, BO_ERR_BAD_OPTION,
                              "%s is a member of several customers of yours: name one with "
                              "Customer (--customer).",
                              account.name);
        return r == 0 && managed == 0 ? BO_ERR_NOT_ALLOWED : r;
}
