/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a customer, and which of them must be there (R79, R80, R82). */
#include "bo-accountd/policy/profile.h"

#include "common/cleanup.h"

#include <stdio.h>
#include <string.h>

static const char *const names[PROFILE_FIELDS] = {
        [PROFILE_CONTACT_NAME] = "ContactName",
        [PROFILE_CONTACT_EMAIL] = "ContactEmail",
        [PROFILE_PHONE] = "Phone",
        [PROFILE_WEBSITE] = "Website",
        [PROFILE_COMPANY] = "Company",
        [PROFILE_STREET] = "Street",
        [PROFILE_POSTCODE] = "Postcode",
        [PROFILE_CITY] = "City",
        [PROFILE_COUNTRY] = "Country",
        [PROFILE_KVK] = "Kvk",
        [PROFILE_OIN] = "Oin",
        [PROFILE_VAT] = "Vat",
        [PROFILE_INVOICE_EMAIL] = "InvoiceEmail",
};

const char *profile_name(enum profile_field field)
{
        return names[field];
}

enum profile_field profile_find(const char *name)
{
        enum profile_field field = 0;

        while (field < PROFILE_FIELDS && strcmp(names[field], name) != 0)
                field++;
        return field;
}

const char *billed_word(enum billed billed)
{
        switch (billed) {
        case BILLED_TOGETHER:
                return "no";
        case BILLED_SEPARATELY:
                return "yes";
        case BILLED_BY_CHOICE:
                return "choice";
        }
        return "no";
}

bool billing_is_separate(const struct billing_rule *rule, bool chosen)
{
        return rule->billed == BILLED_SEPARATELY || (rule->billed == BILLED_BY_CHOICE && chosen);
}

uint32_t billing_missing(const struct billing_rule *rule, const struct profile *profile)
{
        uint32_t wanted = rule->required, missing = 0;

        if (billing_is_separate(rule, profile->separately_billed))
                wanted |= rule->required_if_separately;
        for (size_t i = 0; i < PROFILE_FIELDS; i++)
                if (wanted & PROFILE_BIT(i) && !profile->text[i][0])
                        missing |= PROFILE_BIT(i);
        return missing;
}

void profile_peppol(const struct profile *profile, char out[PEPPOL_SIZE])
{
        const struct {
                const char *scheme, *number;
        } ways[] = {
                {"0190", profile->text[PROFILE_OIN]},
                {"0106", profile->text[PROFILE_KVK]},
                {number_vat_scheme(profile->text[PROFILE_VAT]), profile->text[PROFILE_VAT]},
        };

        out[0] = '\0';
        for (size_t i = 0; i < ELEMENTS(ways) && !out[0]; i++)
                if (ways[i].number[0] && ways[i].scheme)
                        snprintf(out, PEPPOL_SIZE, "%s:%.*s", ways[i].scheme, NUMBER_SIZE - 1,
                                 ways[i].number);
}
