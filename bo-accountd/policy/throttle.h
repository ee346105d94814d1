/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often something may be asked for: a bucket that drains with time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct throttle_rule {
        uint32_t room;       /* how many go into an empty bucket */
        uint64_t drain_usec; /* the time in which one of them drains */
};

/*
 * Takes one more into a bucket that will have drained at *@drained_usec (0, or past: it is empty),
 * and tells whether there was room. Asking while it is full changes nothing. A clock set back makes
 * nobody wait longer than a full bucket does.
 */
bool throttle_take(const struct throttle_rule *rule, uint64_t *drained_usec, uint64_t now_usec);

/* How long until one more fits; 0 = now. */
uint64_t throttle_wait_usec(const struct throttle_rule *rule, uint64_t drained_usec,
                            uint64_t now_usec);

/* Undoes one throttle_take(). */
void throttle_give_back(const struct throttle_rule *rule, uint64_t *drained_usec,
                        uint64_t now_usec);
