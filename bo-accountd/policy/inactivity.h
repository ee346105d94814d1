/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a login that nobody used is closed (R40; PCI DSS v4.0.1 8.2.6). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct inactivity_facts {
        uint64_t last_login_usec;
        uint64_t activated_usec;   /* 0: not activated yet, so never idle */
        uint64_t admin_reset_usec; /* when a reset link from an administrator was last completed */
        uint64_t marked_usec;      /* when it was found idle; 0: not */
};

/*
 * Idle since max(last login, activation, administrator's reset) for @max_usec or longer; 0 = no
 * limit. Once marked, idle it stays whatever the clock says: completing an administrator's reset
 * clears the mark in the same transaction, nothing else does.
 */
bool inactivity_reached(uint64_t max_usec, const struct inactivity_facts *facts, uint64_t now_usec);
