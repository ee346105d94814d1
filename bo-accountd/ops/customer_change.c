/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a customer's own people change of it: alias, information, billing data (R51, R79, R80). */
#include "bo-accountd/ops/customer.h"

#include <string.h>

int customer_check_alias(struct op *op, const char *alias)
{
        return !alias[0] || name_is_gecos(alias)
                       ? 0
                       : op_refuse(op, BO_ERR_BAD_VALUE,
                                   "Alias: at most 128 bytes, no ':' ',' or control character.");
}

int customer_record(struct op *op, struct tx *tx, const char *event, const char *customer,
                    const char *detail)
{
        const struct audit_entry entry = {
                .event = event,
                .actor_uid = op->actor_uid,
                .subject_uid = AUDIT_NOBODY,
                .customer = customer,
                .detail = detail,
        };

        return audit_append(tx, &entry);
}

static void note(struct op *op, const char *event, const char *customer, const char *detail)
{
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = event, .customer = customer, .detail = detail},
                "%s of %s by uid %u%s%s.", event, customer, op->actor_uid, detail[0] ? ": " : "",
                detail);
}

void customer_tell(struct op *op, enum op_signal_kind kind, const char *event, const char *customer,
                   const char *detail)
{
        struct op_signal *signal = op_signal(op, kind, NULL);

        snprintf(signal->one, sizeof(signal->one), "%s", customer);
        note(op, event, customer, detail);
}

void location_tell(struct op *op, enum op_signal_kind kind, const char *event,
                   const struct location *location)
{
        struct op_signal *signal = op_signal(op, kind, NULL);

        snprintf(signal->one, sizeof(signal->one), "%s", location->customer);
        snprintf(signal->two, sizeof(signal->two), "%s", location->id);
        note(op, event, location->customer, location->id);
}

int op_customer_set_alias(struct op *op, const char *id, const char *alias)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise_permission(op, &tx, id, "customer.alias");
        if (r == 0)
                r = customer_check_alias(op, alias);
        if (r == 0)
                r = customer_set_alias(&tx, id, alias);
        if (r == 0)
                r = customer_record(op, &tx, "customer-alias", id, alias);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                customer_tell(op, OP_CUSTOMER_CHANGED, "customer-alias", id, alias);
        return r;
}

/* Names of @fields behind one another: "Company, Vat". */
static void fields_list(char *out, size_t size, uint32_t fields)
{
        out[0] = '\0';
        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++) {
                size_t used = strlen(out);

                if (fields & PROFILE_BIT(field))
                        snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                 profile_name(field));
        }
}

/* Puts what was given over what was there; which fields those are. */
static int take_over(struct op *op, const struct customer_change *call, struct profile *profile,
                     uint32_t *ret_fields)
{
        uint32_t fields = 0;

        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++) {
                if (!call->text[field])
                        continue;
                if (strlen(call->text[field]) >= PROFILE_TEXT_SIZE)
                        return op_refuse(op, BO_ERR_BAD_VALUE, "%s: takes at most %d bytes.",
                                         profile_name(field), PROFILE_TEXT_SIZE - 1);
                strcpy(profile->text[field], call->text[field]);
                fields |= PROFILE_BIT(field);
        }
        *ret_fields = fields;
        if (fields == 0 && !call->separately_given)
                return op_refuse(op, BO_ERR_BAD_OPTION, "Nothing is to be changed; name a field.");
        return 0;
}

static int check_fields(struct op *op, struct profile *profile, uint32_t fields)
{
        enum profile_field field;
        char why[NUMBER_WHY];

        if (profile_check(profile, fields, &field, why))
                return 0;
        return op_refuse(op, BO_ERR_BAD_VALUE, "%s %s.", profile_name(field), why);
}

/* Where the type says how it is billed, there is no choice. */
static int check_separately(struct op *op, const struct customer *customer,
                            const struct billing_rule *rule, const struct customer_change *call,
                            struct profile *profile)
{
        if (!call->separately_given)
                return 0;
        profile->separately_billed = call->separately;
        if (rule->billed == BILLED_BY_CHOICE ||
            billing_is_separate(rule, false) == call->separately)
                return 0;
        return op_refuse(op, BO_ERR_BAD_VALUE,
                         "SeparatelyBilled is %s for the account type \"%s\"; the operator can "
                         "change the type.",
                         billing_is_separate(rule, false) ? "yes" : "no", customer->type);
}

/* R80: nothing that the type requires is left empty. */
static int check_complete(struct op *op, const struct customer *customer,
                          const struct billing_rule *rule, const struct profile *profile)
{
        uint32_t missing = billing_missing(rule, profile);
        char names[160];

        if (missing == 0)
                return 0;
        fields_list(names, sizeof(names), missing);
        return op_refuse(
                op, BO_ERR_BILLING_INCOMPLETE,
                "The account type \"%s\"%s requires more; give also: %s.", customer->type,
                billing_is_separate(rule, profile->separately_billed) ? ", billed separately," : "",
                names);
}

static void describe(char *out, size_t size, const struct customer_change *call, uint32_t fields)
{
        size_t used;

        snprintf(out, size, "fields=");
        used = strlen(out);
        fields_list(out + used, size - used, fields);
        used = strlen(out);
        if (call->separately_given)
                snprintf(out + used, size - used, "%sSeparatelyBilled", fields ? ", " : "");
}

static int record(struct op *op, struct tx *tx, const struct customer_change *call,
                  const char *event, uint32_t fields)
{
        char detail[256];

        describe(detail, sizeof(detail), call, fields);
        return customer_record(op, tx, event, call->id, detail);
}

/* Which fields, not what is in them: the journal is not for a merchant's data. */
static void tell(struct op *op, const struct customer_change *call, const char *event,
                 uint32_t fields)
{
        char detail[256];

        describe(detail, sizeof(detail), call, fields);
        customer_tell(op, OP_CUSTOMER_CHANGED, event, call->id, detail);
}

int op_customer_set_account(struct op *op, const struct customer_change *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct profile profile;
        uint32_t fields = 0;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise_permission(op, &tx, call->id, "account.edit");
        if (r == 0)
                r = customer_profile_load(op->store, call->id, &profile);
        if (r == 0)
                r = customer_change_account(op, call, &profile, &fields);
        if (r == 0)
                r = customer_profile_save(&tx, call->id, &profile);
        if (r == 0)
                r = record(op, &tx, call, "customer-account", fields);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                tell(op, call, "customer-account", fields);
        return r;
}

int customer_change_account(struct op *op, const struct customer_change *call,
                            struct profile *profile, uint32_t *ret_fields)
{
        int r = take_over(op, call, profile, ret_fields);

        return r == 0 ? check_fields(op, profile, *ret_fields) : r;
}

/* The whole of the change, judged together: what is left behind is complete. */
int customer_change_billing(struct op *op, const struct customer_change *call,
                            struct profile *profile, uint32_t *ret_fields)
{
        struct billing_rule rule;
        struct customer customer;
        int r = customer_load(op->store, call->id, &customer);

        if (r != 0)
                return r;
        rule = customer_billing_rule(op, &customer);
        r = customer_change_account(op, call, profile, ret_fields);
        if (r == 0)
                r = check_separately(op, &customer, &rule, call, profile);
        return r == 0 ? check_complete(op, &customer, &rule, profile) : r;
}

int op_customer_set_billing(struct op *op, const struct customer_change *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct profile profile;
        uint32_t fields = 0;
        int r = op_begin_write(op, &tx);

        if (r == 0)
                r = authorise_permission(op, &tx, call->id, "account.billing");
        if (r == 0)
                r = customer_profile_load(op->store, call->id, &profile);
        if (r == 0)
                r = customer_change_billing(op, call, &profile, &fields);
        if (r == 0)
                r = customer_profile_save(&tx, call->id, &profile);
        if (r == 0)
                r = record(op, &tx, call, "customer-billing", fields);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                tell(op, call, "customer-billing", fields);
        return r;
}
