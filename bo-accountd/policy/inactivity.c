/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a login that nobody used is closed (R40; PCI DSS v4.0.1 8.2.6). */
#include "bo-accountd/policy/inactivity.h"

static uint64_t later(uint64_t one_usec, uint64_t other_usec)
{
        return one_usec > other_usec ? one_usec : other_usec;
}

bool inactivity_reached(uint64_t max_usec, const struct inactivity_facts *facts, uint64_t now_usec)
{
        if (max_usec == 0 || facts->activated_usec == 0)
                return false;
        if (facts->marked_usec != 0)
                return true;

        uint64_t used_usec = later(facts->last_login_usec,
                                   later(facts->activated_usec, facts->admin_reset_usec));

        return now_usec > used_usec && now_usec - used_usec >= max_usec;
}
