/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memberships as one text: what a row of users says of roles, locations and status at customers. */
#pragma once

#include "bo-accountd/ops/bulk_private.h"

/*
 * CUSTOMER, then ":ROLE,ROLE" if there are roles, "@LOCATION,LOCATION" for who is restricted (R26),
 * "!REASON" if the operator disabled it or "~REASON" if the customer did; several parted by spaces.
 * In a reason, spaces, '%' and what is no graphic ASCII stand as %XX.
 */
struct bulk_member {
        struct new_member member;
        bool disabled, by_customer;
        char reason[ACCOUNT_TEXT_SIZE];
};

struct bulk_members {
        struct bulk_member *rows; /* in the order of customers, the rest likewise */
        size_t n;
        char *text; /* what the rows point into */
};

/* Of what a row says; rules of roles and customers are not asked yet. BO_ERR_BAD_VALUE. */
int bulk_members_parse(struct op *op, const char *text, struct bulk_members *ret_members);
/* As one cell. */
void bulk_members_print(FILE *stream, const struct bulk_members *members);
/* The same of what is there: all, or those at @customer alone. */
int bulk_members_print_stored(struct op *op, FILE *stream, uint32_t uid, const char *customer);
void bulk_members_clear(struct bulk_members *members);
