/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl customer account, alias, billing, subscription, type: what a customer is and says. */
#include <string.h>

#include "boctl/boctl.h"

#define FIELDS_MOST 16

/* FIELD=VALUE of the command line: where the value goes. */
struct word_field {
        const char *name;
        const char **value;
};

/* The same field, written as here or as the daemon writes it: invoice-email, InvoiceEmail. */
static bool is_name(const char *name, const char *word, size_t length)
{
        size_t at = 0;

        for (; *name; name++) {
                char c = at < length ? word[at] : '\0';

                if (c >= 'A' && c <= 'Z')
                        c = (char)(c - 'A' + 'a');
                if (*name == '-' && c != '-')
                        continue;
                if (c != *name)
                        return false;
                at++;
        }
        return at == length;
}

static int fail_field(const char *word, const struct word_field *fields, size_t n)
{
        const char *names[FIELDS_MOST], *near;
        char bare[64];

        snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(word, "="), word);
        for (size_t i = 0; i < n; i++)
                names[i] = fields[i].name;
        near = nearest(bare, names, n);
        if (near)
                return fail_usage("There is no field %s. Did you mean %s=?", bare, near);
        return fail_usage("There is no field %s; --help lists them.", bare);
}

static int field_take(const char *word, const struct word_field *fields, size_t n)
{
        const char *equals = strchr(word, '=');

        if (!equals)
                return fail_usage("'%s' is not FIELD=VALUE.", word);
        for (size_t i = 0; i < n; i++) {
                if (!is_name(fields[i].name, word, (size_t)(equals - word)))
                        continue;
                if (*fields[i].value)
                        return fail_usage("%s= is given twice.", fields[i].name);
                *fields[i].value = equals + 1;
                return EXIT_DONE;
        }
        return fail_field(word, fields, n);
}

static int fields_take(const struct request *request, const struct word_field *fields, size_t n)
{
        int r = EXIT_DONE;

        for (int i = 1; r == EXIT_DONE && i < request->n_args; i++)
                r = field_take(request->args[i], fields, n);
        return r;
}

static int changed(const struct request *request, int r, const char *what)
{
        const char *id = request->args[0];

        if (r != 0)
                return fail_call(request, r, "Cannot change the %s of %s", what, id);
        tell(request, "Changed the %s of %s.", what, id);
        return EXIT_DONE;
}

int verb_customer_account(struct request *request)
{
        struct bo_customer_account account = {0};
        const struct word_field fields[] = {
                {"contact-name", &account.contact_name},
                {"contact-email", &account.contact_email},
                {"phone", &account.phone},
                {"website", &account.website},
        };
        int r = fields_take(request, fields, ELEMENTS(fields));

        if (r != EXIT_DONE)
                return r;
        return changed(request, bo_customer_set_account(request->bo, request->args[0], &account),
                       "information");
}

static int separately_take(const char *word, enum bo_change *ret_separately)
{
        if (!word)
                return EXIT_DONE;
        if (strcmp(word, "yes") != 0 && strcmp(word, "no") != 0)
                return fail_usage("separately-billed= wants yes or no, not '%s'.", word);
        *ret_separately = word[0] == 'y' ? BO_YES : BO_NO;
        return EXIT_DONE;
}

int verb_customer_billing(struct request *request)
{
        struct bo_customer_billing billing = {0};
        const char *separately = NULL;
        const struct word_field fields[] = {
                {"company", &billing.company},
                {"street", &billing.street},
                {"postcode", &billing.postcode},
                {"city", &billing.city},
                {"country", &billing.country},
                {"kvk", &billing.kvk},
                {"oin", &billing.oin},
                {"vat", &billing.vat},
                {"invoice-email", &billing.invoice_email},
                {"separately-billed", &separately},
        };
        int r = fields_take(request, fields, ELEMENTS(fields));

        if (r == EXIT_DONE)
                r = separately_take(separately, &billing.separately_billed);
        if (r != EXIT_DONE)
                return r;
        return changed(request, bo_customer_set_billing(request->bo, request->args[0], &billing),
                       "billing data");
}

int verb_customer_alias(struct request *request)
{
        return changed(request,
                       bo_customer_set_alias(request->bo, request->args[0], request->args[1]),
                       "alias");
}

int verb_customer_subscription(struct request *request)
{
        return changed(
                request,
                bo_customer_set_subscription(request->bo, request->args[0], request->args[1]),
                "subscription");
}

int verb_customer_type(struct request *request)
{
        const char *subscription = request->n_args > 2 ? request->args[2] : NULL;

        return changed(
                request,
                bo_customer_set_type(request->bo, request->args[0], request->args[1], subscription),
                "account type");
}
