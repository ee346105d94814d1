/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as each field of a customer: what is taken has one form, and is taken again in it. */
#include "tests/fuzz/fuzz.h"

#include "bo-accountd/policy/profile.h"

static void check_taken(struct profile *profile, enum profile_field field)
{
        char before[PROFILE_TEXT_SIZE], why[NUMBER_WHY], peppol[PEPPOL_SIZE];
        enum profile_field wrong;

        memcpy(before, profile->text[field], sizeof(before));
        for (const char *c = before; *c; c++)
                MUST_HOLD((unsigned char)*c >= ' ' && *c != '\177');
        MUST_HOLD(profile_check(profile, PROFILE_BIT(field), &wrong, why));
        MUST_HOLD(strcmp(before, profile->text[field]) == 0);
        profile_peppol(profile, peppol);
        MUST_HOLD(strlen(peppol) < sizeof(peppol) && (!peppol[0] || peppol[4] == ':'));
}

static void check_field(enum profile_field field, const char *country, const char *text)
{
        struct profile profile = {0};
        enum profile_field wrong;
        char why[NUMBER_WHY] = "";

        if (strlen(text) >= PROFILE_TEXT_SIZE)
                return; /* never gets here */
        strcpy(profile.text[PROFILE_COUNTRY], country);
        strcpy(profile.text[field], text);
        if (profile_check(&profile, PROFILE_BIT(field), &wrong, why))
                check_taken(&profile, field);
        else
                MUST_HOLD(why[0] && wrong < PROFILE_FIELDS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *text = fuzz_string(data, size);

        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++) {
                check_field(field, "NL", text);
                check_field(field, "", text);
        }
        free(text);
        return 0;
}
