/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that a user holds at the customer that he acts for, here and now. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/customer.h"

struct permission_query;

struct holding {
        char customer[CUSTOMER_ID_SIZE]; /* "": he is in none */
        struct member_role *rows;        /* his roles are the active ones of that customer */
        size_t n_rows;
        const char **permissions; /* that he has; they live as long as the settings */
        size_t n;
};

/* All that permission_decide() would grant; of @query everything but the permission counts. */
int permission_holding(struct op *op, struct tx *tx, const struct permission_query *query,
                       struct holding *ret_holding);
void holding_clear(struct holding *holding);
