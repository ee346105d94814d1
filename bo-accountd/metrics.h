/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon counts of itself while it works: numbers that any thread adds to, without a lock
 * and without memory. ops/metrics.c gives them their names. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* A number of its own for each BO_ERR_*, 0 for a success. */
#define METRICS_OUTCOMES  128
#define METRICS_ABANDONED 127 /* the peer of a login was gone before its end */
#define METRICS_PHASES    4   /* as enum login_phase */
#define METRICS_CLASSES   3   /* as enum service_class */
#define METRICS_QUEUES    2   /* as enum queue */

/* Upper bounds, in microseconds; one place more is for what is above them all. */
#define HISTOGRAM_BUCKETS 12
extern const uint64_t histogram_bounds_usec[HISTOGRAM_BUCKETS];

struct histogram {
        _Atomic uint64_t counts[HISTOGRAM_BUCKETS + 1]; /* each of what is in it alone */
        _Atomic uint64_t sum_usec;
};

enum metrics_answer {
        METRICS_ANSWERED,
        METRICS_REFUSED,     /* by a rule */
        METRICS_BUSY,        /* the queue was full */
        METRICS_UNAVAILABLE, /* the store gave no answer */
        METRICS_ANSWERS,
};

struct metrics {
        _Atomic uint64_t logins[METRICS_PHASES][METRICS_CLASSES][METRICS_OUTCOMES];
        _Atomic uint64_t keys[METRICS_OUTCOMES]; /* shown to VerifyKey */
        _Atomic uint64_t requests[METRICS_QUEUES][METRICS_ANSWERS];
        _Atomic uint64_t waiting[METRICS_QUEUES], running[METRICS_QUEUES]; /* now */
        _Atomic uint64_t capacity[METRICS_QUEUES], threads[METRICS_QUEUES];
        struct histogram wait[METRICS_QUEUES], run[METRICS_QUEUES]; /* of jobs */
        struct histogram commit; /* of the store, when something was written */
        _Atomic uint64_t connections, connected, refused;
        _Atomic uint64_t started_usec, settings_usec; /* since when it runs, and goes by these */
};

extern struct metrics metrics;

static inline void metric_add(_Atomic uint64_t *number, uint64_t n)
{
        atomic_fetch_add_explicit(number, n, memory_order_relaxed);
}

static inline void metric_take(_Atomic uint64_t *number, uint64_t n)
{
        atomic_fetch_sub_explicit(number, n, memory_order_relaxed);
}

static inline void metric_set(_Atomic uint64_t *number, uint64_t n)
{
        atomic_store_explicit(number, n, memory_order_relaxed);
}

static inline uint64_t metric_get(const _Atomic uint64_t *number)
{
        return atomic_load_explicit(number, memory_order_relaxed);
}

void histogram_add(struct histogram *histogram, uint64_t usec);

/* The end of a login, of a check of a key. @outcome: 0, a BO_ERR_*, METRICS_ABANDONED or a negative
 * errno. */
void metrics_login(unsigned phase, unsigned service_class, int outcome);
void metrics_key(int outcome);
