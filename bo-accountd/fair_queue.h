/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded queue of jobs in which services take turns, and within a service its sources, so that
 * nobody fills it and nobody waits for a flood. Whoever uses it locks it. */
#pragma once

#include "bo-accountd/job.h"

#include <stdbool.h>
#include <stdint.h>

/* Sources, and services, whose jobs one queue tells apart; more of them share a place. */
#define FAIR_QUEUE_FLOWS  256
#define FAIR_QUEUE_GROUPS 8

/* The jobs of one source, in order. */
struct fair_flow {
        struct job *first, **last;
        struct fair_flow *next;
        uint32_t waiting;
};

/* The sources of one service that have something to do: each gives one job, then goes to the end.
 */
struct fair_group {
        struct fair_flow *first, **last;
        struct fair_group *next;
        uint32_t waiting;
        struct fair_flow flows[FAIR_QUEUE_FLOWS];
};

/* Likewise the services. */
struct fair_ring {
        struct fair_group *first, **last;
        uint32_t waiting, most, flow_most; /* so that nobody fills the queue alone */
        struct fair_group groups[FAIR_QUEUE_GROUPS];
};

struct fair_queue {
        bool shared; /* by turns; else first come, first served */
        uint32_t waiting, capacity, group_most;
        uint32_t turn;
        struct fair_ring rings[STANDING_COUNT];
};

/* @queue is zeroed. */
void fair_queue_init(struct fair_queue *queue, uint32_t capacity, bool shared);

bool fair_queue_is_empty(const struct fair_queue *queue);

/* false: it is full, or those of the job's kind, service or source have as much waiting as they
 * may. */
bool fair_queue_add(struct fair_queue *queue, struct job *job);

/* Whose turn it is; NULL if nothing waits. */
struct job *fair_queue_next(struct fair_queue *queue);
