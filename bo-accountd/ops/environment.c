/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a session is told of the customer that its user acts for: variables, and a line to read. */
#include "bo-accountd/ops/environment.h"

#include "bo-accountd/ops/acting.h"
#include "bo-accountd/store/location.h"
#include "common/text.h"

#include <string.h>

static void word_add(char *list, size_t size, const char *word)
{
        size_t used = strlen(list), needed = strlen(word) + (used > 0);

        if (used + needed < size)
                snprintf(list + used, size - used, "%s%s", used > 0 ? " " : "", word);
}

static void add_role(struct environment *environment, const struct member_role *row)
{
        if (!row->active)
                return;
        if (strcmp(row->customer, environment->customer.id) != 0)
                environment->others = true;
        else if (row->role[0])
                word_add(environment->roles, sizeof(environment->roles), row->role);
}

static int gather_roles(struct op *op, uint32_t uid, struct environment *environment)
{
        _cleanup_(freep) struct member_role *rows = NULL;
        size_t n = 0;
        int r = member_roles(op->store, uid, &rows, &n);

        for (size_t i = 0; r == 0 && i < n; i++)
                add_role(environment, &rows[i]);
        if (op->settings->customer[0])
                environment->others = false; /* this host knows one customer */
        return r;
}

/* Restricted to nothing is no place at all (R30). */
static int gather_locations(struct op *op, uint32_t uid, struct environment *environment)
{
        _cleanup_(freep) struct member_location *rows = NULL;
        size_t n = 0;
        int r = member_locations(op->store, uid, &rows, &n);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (strcmp(rows[i].customer, environment->customer.id) == 0)
                        word_add(environment->locations, sizeof(environment->locations),
                                 rows[i].location[0] ? rows[i].location : "-");
        return r;
}

int environment_gather(struct op *op, const struct account *account,
                       struct environment *ret_environment)
{
        struct environment *environment = ret_environment;
        char id[CUSTOMER_ID_SIZE];
        int r = acting_customer(op, account, id);

        memset(environment, 0, sizeof(*environment));
        if (r != 0 || !id[0])
                return r;
        r = customer_load(op->store, id, &environment->customer);
        if (r == 0)
                r = gather_roles(op, account->uid, environment);
        return r == 0 ? gather_locations(op, account->uid, environment) : r;
}

void environment_text(const struct environment *environment, const char *factors,
                      char out[ENVIRONMENT_TEXT_SIZE])
{
        char alias[sizeof(environment->customer.alias)];

        text_clean(alias, sizeof(alias), environment->customer.alias, false);
        snprintf(out, ENVIRONMENT_TEXT_SIZE,
                 "BO_CUSTOMER=%s\nBO_CUSTOMER_ALIAS=%s\nBO_ROLES=%s\nBO_LOCATIONS=%s\n"
                 "BO_FACTORS=%s",
                 environment->customer.id, alias, environment->roles, environment->locations,
                 factors);
}

void environment_greeting(const struct environment *environment,
                          char out[ENVIRONMENT_GREETING_SIZE])
{
        const struct customer *customer = &environment->customer;
        char name[200];

        out[0] = '\0';
        if (!customer->id[0])
                return;
        if (customer->alias[0])
                snprintf(name, sizeof(name), "%s (%s)", customer->alias, customer->id);
        else
                snprintf(name, sizeof(name), "%s", customer->id);
        snprintf(out, ENVIRONMENT_GREETING_SIZE, "Acting for %s.%s", name,
                 environment->others ? " Other customers: `boctl switch`." : "");
}
