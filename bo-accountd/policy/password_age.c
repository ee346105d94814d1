/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a password must be changed (R2, R3, R5; PCI DSS v4.0.1 8.3.9). */
#include "bo-accountd/policy/password_age.h"

#include "common/clock.h"

uint64_t password_age_expires_usec(const struct password_age_rule *rule,
                                   const struct password_age_facts *facts)
{
        uint64_t expires_usec = 0;

        if (facts->is_api || facts->changed_usec == 0 || rule->max_age_usec == 0)
                return 0;
        if (__builtin_add_overflow(facts->changed_usec, rule->max_age_usec, &expires_usec))
                return UINT64_MAX;
        return expires_usec;
}

enum password_age password_age_verdict(const struct password_age_rule *rule,
                                       const struct password_age_facts *facts, uint64_t now_usec)
{
        uint64_t expires_usec = password_age_expires_usec(rule, facts);

        if (facts->is_api)
                return PASSWORD_AGE_FINE;
        if (facts->must_change)
                return PASSWORD_AGE_EXPIRED;
        if (expires_usec == 0)
                return PASSWORD_AGE_FINE;
        if (now_usec >= expires_usec)
                return PASSWORD_AGE_EXPIRED;
        return expires_usec - now_usec <= rule->warn_usec ? PASSWORD_AGE_WARN : PASSWORD_AGE_FINE;
}

uint32_t password_age_days_left(uint64_t expires_usec, uint64_t now_usec)
{
        if (now_usec >= expires_usec)
                return 0;

        uint64_t days = (expires_usec - now_usec - 1) / USEC_PER_DAY + 1;

        return days < UINT32_MAX ? (uint32_t)days : UINT32_MAX;
}
