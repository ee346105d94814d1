/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a password must be changed (R2, R3, R5; PCI DSS v4.0.1 8.3.9). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct password_age_rule {
        uint64_t max_age_usec; /* 0: no periodic change */
        uint64_t warn_usec;    /* before the end; 0: no warning */
};

struct password_age_facts {
        uint64_t changed_usec; /* 0: there is no password */
        bool must_change;      /* set by somebody else: to be changed at the next login (R86) */
        bool is_api;           /* never expires, must never be changed at a login (R5) */
};

enum password_age {
        PASSWORD_AGE_FINE,
        PASSWORD_AGE_WARN,
        PASSWORD_AGE_EXPIRED,
};

/* Expired from exactly max_age_usec after the change on, a warning from exactly warn_usec before.
 */
enum password_age password_age_verdict(const struct password_age_rule *rule,
                                       const struct password_age_facts *facts, uint64_t now_usec);

/* When it expires by age; 0 = never. */
uint64_t password_age_expires_usec(const struct password_age_rule *rule,
                                   const struct password_age_facts *facts);

/* Whole days until @expires_usec, rounded up, at least 1 as long as it lies ahead; else 0. */
uint32_t password_age_days_left(uint64_t expires_usec, uint64_t now_usec);
