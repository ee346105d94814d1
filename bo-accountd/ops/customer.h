/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers: what they are and say of themselves, and who sees and changes it (R51, R79 to R83). */
#pragma once

#include "bo-accountd/ops/location.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/customer_profile.h"
#include "bo-accountd/store/location.h"

struct customer_new {
        const char *id, *alias;
        const char *type;         /* "": none */
        const char *subscription; /* NULL: the first one of the type */
};
int op_customer_create(struct op *op, const struct customer_new *call);

/* How much of a customer the actor sees; each sees what those before it see. */
enum customer_sight {
        SIGHT_NAME,         /* a member */
        SIGHT_SUBSCRIPTION, /* holds account.subscription */
        SIGHT_ALL,          /* holds account.edit or account.billing; the operator */
};

struct customer_view {
        struct customer customer;
        enum customer_sight sight;
        const struct account_type *type; /* NULL: none, or not configured any more */
        /* With SIGHT_ALL: */
        struct profile profile;
        bool separately_billed;
        uint32_t missing;                           /* PROFILE_BITs */
        char invoice_recipient[NAME_MAX_BYTES + 1]; /* R81; "": nobody */
        char peppol_recipient[PEPPOL_SIZE];         /* R82; "": none */
};
/* @whole: more than id, alias, time and type is wanted. */
int op_customer_view(struct op *op, const char *id, bool whole, struct customer_view *ret_view);

struct customer_change {
        const char *id;
        const char *text[PROFILE_FIELDS]; /* NULL: stays as it is */
        bool separately, separately_given;
};
int op_customer_set_account(struct op *op, const struct customer_change *call);
int op_customer_set_billing(struct op *op, const struct customer_change *call);
int op_customer_set_alias(struct op *op, const char *id, const char *alias);

/* @subscription: NULL keeps it if the type has it, else takes the first one. */
int op_customer_set_type(struct op *op, const char *id, const char *type, const char *subscription);
int op_customer_set_subscription(struct op *op, const char *id, const char *subscription);

/* What these share. */
int customer_new_check(struct op *op, const struct customer_new *call);
/* With its row of the audit trail. @subscription: of customer_pick_subscription(). */
int customer_new_insert(struct op *op, struct tx *tx, const struct customer_new *call,
                        const char *subscription);
/* Lay what was given over @profile, and judge it: the fields one by one, or the whole as well,
 * which must leave complete what the account type of the customer requires (R80). */
int customer_change_account(struct op *op, const struct customer_change *call,
                            struct profile *profile, uint32_t *ret_fields);
int customer_change_billing(struct op *op, const struct customer_change *call,
                            struct profile *profile, uint32_t *ret_fields);
/* With its row of the audit trail. */
int location_new_insert(struct op *op, struct tx *tx, const struct location_create *call);
int location_terminal_make(struct op *op, const struct location_terminal *call,
                           struct terminal *ret_terminal);
/* Bound, with its row of the audit trail; or unbound. */
int location_terminal_change(struct op *op, struct tx *tx, const struct location *location,
                             const struct terminal *terminal, bool bind);
int customer_check_alias(struct op *op, const char *alias);
int customer_record(struct op *op, struct tx *tx, const char *event, const char *customer,
                    const char *detail);
/* What was committed, for the journal (the event of the trail) and the bus. */
void customer_tell(struct op *op, enum op_signal_kind kind, const char *event, const char *customer,
                   const char *detail);
void location_tell(struct op *op, enum op_signal_kind kind, const char *event,
                   const struct location *location);
/* Of the customer's type; of none: nothing is required, and it is not billed separately. */
struct billing_rule customer_billing_rule(const struct op *op, const struct customer *customer);
/* The subscription that a customer of @type (a name, "" for none) gets: @wanted, or if that is NULL
 * @present if the type has it, else its first. BO_ERR_NO_SUCH_ACCOUNT_TYPE, BO_ERR_BAD_VALUE. */
int customer_pick_subscription(struct op *op, const char *type, const char *wanted,
                               const char *present, const char **ret_subscription);
