/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a customer says of itself (R79, R80): the fields, what each takes, which must be there. */
#pragma once

#include "bo-accountd/policy/number.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROFILE_TEXT_SIZE 256

/* In the order of the columns of the store. */
enum profile_field {
        PROFILE_CONTACT_NAME, /* information (R79) */
        PROFILE_CONTACT_EMAIL,
        PROFILE_PHONE,
        PROFILE_WEBSITE,
        PROFILE_COMPANY, /* billing (R80) from here on */
        PROFILE_STREET,
        PROFILE_POSTCODE,
        PROFILE_CITY,
        PROFILE_COUNTRY,
        PROFILE_KVK,
        PROFILE_OIN,
        PROFILE_VAT,
        PROFILE_INVOICE_EMAIL,
        PROFILE_FIELDS,
};

#define PROFILE_BILLING_FIRST PROFILE_COMPANY

/* A set of fields. */
#define PROFILE_BIT(field) (UINT32_C(1) << (field))

struct profile {
        char text[PROFILE_FIELDS][PROFILE_TEXT_SIZE]; /* each in its one form; "": none */
        bool separately_billed;
};

/* As on the bus, in account-types.conf and in messages: "Company". */
const char *profile_name(enum profile_field field);

/* The field of that name; PROFILE_FIELDS: there is none. */
enum profile_field profile_find(const char *name);

/*
 * Brings the texts of @fields (PROFILE_BITs) in @profile into their one forms; an empty one stays
 * so. What a postcode looks like depends on the country, so with that it is checked as well. false,
 * with @ret_field, and @why in words that go behind its name, for the first that does not hold.
 */
bool profile_check(struct profile *profile, uint32_t fields, enum profile_field *ret_field,
                   char why[NUMBER_WHY]);

/* What an account type says of separate billing. */
enum billed {
        BILLED_TOGETHER,
        BILLED_SEPARATELY,
        BILLED_BY_CHOICE, /* the customer says it */
};

/* "no", "yes", "choice", as in account-types.conf. */
const char *billed_word(enum billed billed);

struct billing_rule {
        uint32_t required;               /* PROFILE_BITs */
        uint32_t required_if_separately; /* these as well */
        enum billed billed;
};

/* Is who has chosen @chosen billed separately? */
bool billing_is_separate(const struct billing_rule *rule, bool chosen);

/* The fields that must be there and are not. */
uint32_t billing_missing(const struct billing_rule *rule, const struct profile *profile);

/* R82: "SCHEME:NUMBER" of the first of OIN, KVK and VAT that is set; empty without one, and for a
 * VAT number that has no scheme. */
#define PEPPOL_SIZE (NUMBER_SIZE + 8)
void profile_peppol(const struct profile *profile, char out[PEPPOL_SIZE]);
