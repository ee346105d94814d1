/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's counters: one set for the process, as there is one daemon in it. */
#include "bo-accountd/metrics.h"

#include "libbo/bo.h"

struct metrics metrics;

/* From a look-up in memory to a hash that waited for others. */
const uint64_t histogram_bounds_usec[HISTOGRAM_BUCKETS] = {
        500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 5000000,
};

void histogram_add(struct histogram *histogram, uint64_t usec)
{
        size_t i = 0;

        while (i < HISTOGRAM_BUCKETS && usec > histogram_bounds_usec[i])
                i++;
        metric_add(&histogram->counts[i], 1);
        metric_add(&histogram->sum_usec, usec);
}

/* An answer that the table has no place for must not be lost, nor written past its end. */
static unsigned place(int outcome)
{
        if (outcome < 0)
                return BO_ERR_UNAVAILABLE;
        return outcome < METRICS_OUTCOMES ? (unsigned)outcome : BO_ERR_UNAVAILABLE;
}

void metrics_login(unsigned phase, unsigned service_class, int outcome)
{
        if (phase < METRICS_PHASES && service_class < METRICS_CLASSES)
                metric_add(&metrics.logins[phase][service_class][place(outcome)], 1);
}

void metrics_key(int outcome)
{
        metric_add(&metrics.keys[place(outcome)], 1);
}
