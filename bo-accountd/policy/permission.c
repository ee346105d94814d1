/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does a user have a permission, here and now? One function for checks, PAM and bo's own verbs. */
#include "bo-accountd/policy/permission.h"

#include <string.h>

enum permission_verdict permission_verdict(const struct permission_facts *facts)
{
        if (!facts->active)
                return PERMISSION_INACTIVE;
        if (!facts->member)
                return PERMISSION_NOT_A_MEMBER;
        if (!facts->granted)
                return PERMISSION_NO_ROLE;
        if (facts->bound && !facts->located)
                return PERMISSION_LOCATION_NEEDED;
        if (facts->bound && !facts->at_home)
                return PERMISSION_WRONG_LOCATION;
        if (facts->needs_factor && !facts->factor_on)
                return PERMISSION_SECOND_FACTOR_OFF;
        if (facts->needs_address && !facts->address_approved)
                return PERMISSION_ADDRESS_NOT_APPROVED;
        return PERMISSION_GRANTED;
}

const char *permission_reason(enum permission_verdict verdict)
{
        switch (verdict) {
        case PERMISSION_GRANTED:
                return "";
        case PERMISSION_INACTIVE:
                return "inactive";
        case PERMISSION_NOT_A_MEMBER:
                return "not-a-member";
        case PERMISSION_NO_ROLE:
                return "no-role";
        case PERMISSION_LOCATION_NEEDED:
                return "location-needed";
        case PERMISSION_WRONG_LOCATION:
                return "wrong-location";
        case PERMISSION_SECOND_FACTOR_OFF:
                return "second-factor-off";
        case PERMISSION_ADDRESS_NOT_APPROVED:
                return "address-not-approved";
        }
        return "no-role";
}

bool permission_is_name(const char *word)
{
        static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
        size_t length = strlen(word);

        return length > 0 && length < PERMISSION_NAME_SIZE && strspn(word, alphabet) == length &&
               word[0] != '.' && word[length - 1] != '.' && strchr(word, '.') &&
               !strstr(word, "..");
}
