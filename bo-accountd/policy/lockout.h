/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When guessing locks a login, and when the lock opens (R38; PCI DSS v4.0.1 8.3.4). */
#pragma once

#include <stdint.h>

struct lockout_rule {
        uint32_t max_failures; /* 3..10 */
        uint64_t lock_usec;
};

/* Stored for each login and, apart from it, for each second factor. */
struct lockout_state {
        uint32_t failures;
        uint64_t locked_at_usec; /* when the last allowed failure was charged; 0: not locked */
};

/*
 * How long until @state may try again; 0 = now. A lock opens exactly lock_usec after it began; a
 * clock set back makes the wait longer, never shorter. A lock that was once set stays when the
 * site allows more failures later on.
 */
uint64_t lockout_wait_usec(const struct lockout_rule *rule, const struct lockout_state *state,
                           uint64_t now_usec);

/*
 * @state with one more failure; counts from the beginning after a lock that has opened. Attempts
 * while locked change nothing: they neither lengthen the lock nor count.
 */
struct lockout_state lockout_charge(const struct lockout_rule *rule,
                                    const struct lockout_state *state, uint64_t now_usec);

/* @state without the failure that was charged last: nothing was tested by it. */
struct lockout_state lockout_refund(const struct lockout_state *state);
