/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often something may be asked for: a bucket that drains with time. */
#include "bo-accountd/policy/throttle.h"

bool throttle_take(const struct throttle_rule *rule, uint64_t *drained_usec, uint64_t now_usec)
{
        uint64_t full_usec = rule->room * rule->drain_usec;
        uint64_t level_usec = *drained_usec > now_usec ? *drained_usec - now_usec : 0;

        if (level_usec > full_usec) { /* the clock was set back */
                level_usec = full_usec;
                *drained_usec = now_usec + full_usec;
        }
        if (level_usec + rule->drain_usec > full_usec)
                return false;
        *drained_usec = now_usec + level_usec + rule->drain_usec;
        return true;
}

uint64_t throttle_wait_usec(const struct throttle_rule *rule, uint64_t drained_usec,
                            uint64_t now_usec)
{
        uint64_t full_usec = rule->room * rule->drain_usec;
        uint64_t level_usec = drained_usec > now_usec ? drained_usec - now_usec : 0;

        if (level_usec > full_usec)
                level_usec = full_usec;
        return level_usec + rule->drain_usec > full_usec ? level_usec + rule->drain_usec - full_usec
                                                         : 0;
}

void throttle_give_back(const struct throttle_rule *rule, uint64_t *drained_usec, uint64_t now_usec)
{
        uint64_t level_usec = *drained_usec > now_usec ? *drained_usec - now_usec : 0;

        *drained_usec = level_usec > rule->drain_usec ? *drained_usec - rule->drain_usec : 0;
}
