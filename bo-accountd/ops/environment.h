/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session is told of the customer that its user acts for: variables, and a line to read. */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/store/customer.h"

struct environment {
        struct customer customer; /* id "": none */
        char roles[2048];         /* as in the variables below */
        char locations[4096];
        bool others; /* there are customers to switch to on this host (R53) */
};

/* Within whatever transaction is open. */
int environment_gather(struct op *op, const struct account *account,
                       struct environment *ret_environment);

/*
 * Lines NAME=value, all of them always, so that none is inherited: BO_CUSTOMER, BO_CUSTOMER_ALIAS,
 * BO_ROLES, BO_LOCATIONS ("" everywhere, "-" nowhere), BO_FACTORS. Lists are separated by spaces,
 * and end early rather than within a word.
 */
#define ENVIRONMENT_TEXT_SIZE 7168
void environment_text(const struct environment *environment, const char *factors,
                      char out[ENVIRONMENT_TEXT_SIZE]);

/* "Acting for Shop BV (shop-bv). ..." (R52); "" if he acts for nobody. */
#define ENVIRONMENT_GREETING_SIZE 256
void environment_greeting(const struct environment *environment,
                          char out[ENVIRONMENT_GREETING_SIZE]);
