/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which membership of a user a request is about, and how it stands. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/customer.h"

struct membership {
        bool disabled, disabled_by_operator;
};

/* BO_ERR_NO_SUCH_CUSTOMER if @uid is no member. */
int membership_find(struct op *op, uint32_t uid, const char *customer,
                    struct membership *ret_membership);

/*
 * The one customer where the actor manages and @uid is a member, for a request that names none.
 * BO_ERR_BAD_OPTION if there are several; if there is none, what authorise() says of the user.
 */
int membership_meant(struct op *op, struct tx *tx, uint32_t uid,
                     char ret_customer[CUSTOMER_ID_SIZE]);
