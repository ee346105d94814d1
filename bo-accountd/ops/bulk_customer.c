/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers as rows, with what they say of themselves and their billing data. */
#include "bo-accountd/ops/bulk_private.h"
#include "bo-accountd/ops/customer.h"

#include <errno.h>
#include <string.h>

enum { ID, ALIAS, TYPE, SUBSCRIPTION, SEPARATELY, PROFILE };

/* Behind PROFILE they follow enum profile_field. */
static const char *const fields[] = {
        [ID] = "id",
        [ALIAS] = "alias",
        [TYPE] = "type",
        [SUBSCRIPTION] = "subscription",
        [SEPARATELY] = "separately_billed",
        [PROFILE + PROFILE_CONTACT_NAME] = "contact_name",
        [PROFILE + PROFILE_CONTACT_EMAIL] = "contact_email",
        [PROFILE + PROFILE_PHONE] = "phone",
        [PROFILE + PROFILE_WEBSITE] = "website",
        [PROFILE + PROFILE_COMPANY] = "company",
        [PROFILE + PROFILE_STREET] = "street",
        [PROFILE + PROFILE_POSTCODE] = "postcode",
        [PROFILE + PROFILE_CITY] = "city",
        [PROFILE + PROFILE_COUNTRY] = "country",
        [PROFILE + PROFILE_KVK] = "kvk",
        [PROFILE + PROFILE_OIN] = "oin",
        [PROFILE + PROFILE_VAT] = "vat",
        [PROFILE + PROFILE_INVOICE_EMAIL] = "invoice_email",
};

_Static_assert(ELEMENTS(fields) == PROFILE + PROFILE_FIELDS, "each field of a profile has a name");
_Static_assert(ELEMENTS(fields) <= BULK_FIELDS_MOST, "they fit");

struct bulk_customer {
        struct customer_new call;
        const char *subscription;
        struct customer_change change;
        struct profile profile;
        bool says, bills; /* something of itself; billing data */
};

static int parse_profile(struct op *op, struct bulk_row *row, struct bulk_customer *customer)
{
        struct customer_change *change = &customer->change;
        int r;

        for (size_t i = 0; i < PROFILE_FIELDS; i++) {
                const char *text = bulk_text(row, PROFILE + i);

                if (!text[0])
                        continue;
                change->text[i] = text;
                customer->says = true;
                customer->bills |= i >= PROFILE_BILLING_FIRST;
        }
        r = bulk_bool(op, row, SEPARATELY, &change->separately);
        change->separately_given = change->separately;
        customer->says |= change->separately;
        customer->bills |= change->separately;
        change->id = customer->call.id;
        return r;
}

static int parse(struct op *op, struct bulk_row *row, struct bulk_customer *customer)
{
        struct customer_new *call = &customer->call;
        int r;

        call->type = bulk_text(row, TYPE);
        call->subscription = bulk_text(row, SUBSCRIPTION);
        if (!call->subscription[0])
                call->subscription = row->text[SUBSCRIPTION] = NULL; /* bo decides */
        r = customer_pick_subscription(op, call->type, call->subscription, "",
                                       &customer->subscription);
        if (r == BO_ERR_NO_SUCH_ACCOUNT_TYPE)
                (void)bulk_text(row, TYPE); /* what is wrong */
        call->alias = bulk_text(row, ALIAS);
        call->id = bulk_text(row, ID);
        return r == 0 ? parse_profile(op, row, customer) : r;
}

/* A refusal of a profile begins with the name of the field. */
static void find_field(const struct op *op, struct bulk_row *row)
{
        for (size_t i = 0; i < PROFILE_FIELDS; i++) {
                const char *name = profile_name((enum profile_field)i);
                size_t length = strlen(name);

                if (strncmp(op->message, name, length) == 0 && op->message[length] == ' ')
                        row->field = fields[PROFILE + i];
        }
}

static void print(FILE *stream, const struct bulk_customer *customer)
{
        bulk_cell(stream, customer->call.id);
        bulk_cell(stream, customer->call.alias);
        bulk_cell(stream, customer->call.type);
        bulk_cell(stream, customer->subscription);
        bulk_cell(stream, customer->profile.separately_billed ? "yes" : "no");
        for (size_t i = 0; i < PROFILE_FIELDS; i++)
                bulk_cell(stream, customer->profile.text[i]);
}

static int print_stored(struct op *op, FILE *stream, const struct customer *is)
{
        struct bulk_customer there = {
                .call = {.id = is->id, .alias = is->alias, .type = is->type},
                .subscription = is->subscription,
        };
        int r = customer_profile_load(op->store, is->id, &there.profile);

        if (r == 0)
                print(stream, &there);
        return r;
}

static int compare(struct op *op, struct bulk_row *row, const struct customer *is,
                   struct bulk_customer *wanted)
{
        _cleanup_(bulk_cells_clear) struct bulk_cells there = {0}, wants = {0};
        uint32_t said = 0;
        int r = wanted->says ? customer_change_account(op, &wanted->change, &wanted->profile, &said)
                             : 0;

        if (r != 0) {
                find_field(op, row);
                return r;
        }
        wanted->profile.separately_billed = wanted->change.separately;
        r = bulk_cells_begin(&there);
        if (r == 0)
                r = bulk_cells_begin(&wants);
        if (r == 0)
                r = print_stored(op, there.stream, is);
        if (r != 0)
                return r;
        print(wants.stream, wanted);
        r = bulk_cells_end(&there);
        if (r == 0)
                r = bulk_cells_end(&wants);
        return r == 0 ? bulk_compare(op, row, &there, &wants) : r;
}

static int put_profile(struct op *op, struct tx *tx, struct bulk_row *row,
                       struct bulk_customer *customer)
{
        uint32_t said = 0;
        int r;

        if (!customer->says)
                return 0;
        r = (customer->bills ? customer_change_billing : customer_change_account)(
                op, &customer->change, &customer->profile, &said);
        if (r == 0)
                r = customer_profile_save(tx, customer->call.id, &customer->profile);
        if (r != 0)
                find_field(op, row);
        return r;
}

static int create(struct op *op, struct tx *tx, struct bulk_row *row,
                  struct bulk_customer *customer)
{
        struct op_signal *signal;
        int r = customer_new_check(op, &customer->call);

        if (r != 0 && strncmp(op->message, "Alias", 5) == 0)
                (void)bulk_text(row, ALIAS); /* what is wrong */
        if (r == 0)
                r = customer_new_insert(op, tx, &customer->call, customer->subscription);
        if (r == 0)
                r = put_profile(op, tx, row, customer);
        if (r != 0)
                return r;
        signal = op_signal(op, OP_CUSTOMER_ADDED, NULL);
        snprintf(signal->one, sizeof(signal->one), "%s", customer->call.id);
        return 0;
}

static int put(struct op *op, struct tx *tx, struct bulk_row *row)
{
        struct bulk_customer customer = {0};
        struct customer is;
        int r = parse(op, row, &customer);

        if (r != 0)
                return r;
        (void)bulk_text(row, ID); /* what is looked at */
        r = customer_load(op->store, customer.call.id, &is);
        if (r == 0)
                return compare(op, row, &is, &customer);
        return r == BO_ERR_NO_SUCH_CUSTOMER ? create(op, tx, row, &customer) : r;
}

struct reading {
        struct op *op;
        struct bulk_export *call;
};

static int read_one(void *userdata, const struct customer *customer)
{
        struct reading *reading = userdata;
        struct bulk_export *call = reading->call;

        if (++call->n_rows == call->limit)
                snprintf(call->next, sizeof(call->next), "%s", customer->id);
        return print_stored(reading->op, call->stream, customer);
}

static int read_page(struct op *op, struct bulk_export *call)
{
        struct reading reading = {.op = op, .call = call};

        return customer_list(op->store, 0, call->cursor, call->limit, read_one, &reading);
}

const struct bulk_kind bulk_customers = {
        .name = "customers",
        .fields = fields,
        .n_fields = ELEMENTS(fields),
        .read = read_page,
        .put = put,
        .shown_by_nss = true,
};
