/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The units of time; the wall clock is read once a request and handed down as now_usec. */
#pragma once

#include <stdint.h>

#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC  UINT64_C(1000000)
#define USEC_PER_MIN  (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MIN)
#define USEC_PER_DAY  (24 * USEC_PER_HOUR)

/* CLOCK_REALTIME in microseconds since the epoch. */
uint64_t clock_realtime_usec(void);

/* CLOCK_MONOTONIC in microseconds: for deadlines, never for a rule. */
uint64_t clock_monotonic_usec(void);
