/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When guessing locks a login, and when the lock opens (R38; PCI DSS v4.0.1 8.3.4). */
#include "bo-accountd/policy/lockout.h"

uint64_t lockout_wait_usec(const struct lockout_rule *rule, const struct lockout_state *state,
                           uint64_t now_usec)
{
        uint64_t opens_usec = 0;

        if (state->locked_at_usec == 0)
                return 0;
        if (__builtin_add_overflow(state->locked_at_usec, rule->lock_usec, &opens_usec))
                opens_usec = UINT64_MAX;
        return now_usec < opens_usec ? opens_usec - now_usec : 0;
}

struct lockout_state lockout_charge(const struct lockout_rule *rule,
                                    const struct lockout_state *state, uint64_t now_usec)
{
        struct lockout_state charged = *state;

        if (lockout_wait_usec(rule, state, now_usec) > 0)
                return charged;
        if (charged.locked_at_usec != 0)
                charged = (struct lockout_state){0};
        if (charged.failures < UINT32_MAX)
                charged.failures++;
        if (charged.failures >= rule->max_failures)
                charged.locked_at_usec = now_usec > 0 ? now_usec : 1;
        return charged;
}

struct lockout_state lockout_refund(const struct lockout_state *state)
{
        struct lockout_state refunded = *state;

        if (refunded.failures > 0)
                refunded.failures--;
        refunded.locked_at_usec = 0;
        return refunded;
}
