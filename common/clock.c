/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only place that reads a clock. */
#include "common/clock.h"

#include <time.h>

static uint64_t clock_usec(clockid_t id)
{
        struct timespec now = {0};

        /* Fails only for an unknown clock, and both of ours are in POSIX. */
        clock_gettime(id, &now);
        return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_realtime_usec(void)
{
        return clock_usec(CLOCK_REALTIME);
}

uint64_t clock_monotonic_usec(void)
{
        return clock_usec(CLOCK_MONOTONIC);
}
