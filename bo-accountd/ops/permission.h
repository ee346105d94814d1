/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a user may do in a customer, by his roles there: for checks, PAM and bo's own verbs alike.
 */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/policy/permission.h"
#include "bo-accountd/store/customer.h"

/* What a user holds by his memberships. */
struct standing {
        bool active; /* activated, not deactivated, not idle */
        bool factor_on;
        struct member_role *rows;
        size_t n;
};

int standing_load(struct op *op, struct tx *tx, const struct account *account,
                  struct standing *ret_standing);
void standing_clear(struct standing *standing);

/* Is he an active member of @customer? */
bool standing_has(const struct standing *standing, const char *customer);

/*
 * May he do what @permission stands for in @customer, wherever he is: active, a member, granted by
 * a role, with the factor on and from an approved address if the permission is marked so? What bo's
 * own verbs ask: they have no place, and who calls them has logged in at one of his.
 */
bool standing_permits(const struct op *op, const struct standing *standing, const char *customer,
                      const char *permission);

struct permission_query {
        const struct account *account; /* whose */
        const char *permission;
        const char *customer;              /* "": the one he acts for (R50) */
        const char *location;              /* "": the one of service, rhost and tty */
        const char *service, *rhost, *tty; /* as PAM has them, or "" */
        uint32_t caller;                   /* who runs su; 0: nobody, or not known */
        bool remote;                       /* from another host, also if its address is not known */
};

struct permission_answer {
        enum permission_verdict verdict;
        char customer[CUSTOMER_ID_SIZE]; /* that was asked about; "" if he is in none */
};

/* The one decision. 0 or < 0; reads in the transaction of @tx, a bounded number of rows. */
int permission_decide(struct op *op, struct tx *tx, const struct permission_query *query,
                      struct permission_answer *ret_answer);
