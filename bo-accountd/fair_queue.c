/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a job waits, whether there is room for it, and whose turn it is. */
#include "bo-accountd/fair_queue.h"

#include "common/cleanup.h"

/* Who goes first, and how many of each kind may wait in a shared queue, in eighths of it: together
 * the others leave room for those who are known. */
static const struct {
        uint32_t ring, flow;
} most[STANDING_COUNT] = {
        [STANDING_KNOWN] = {8, 2},
        [STANDING_NEW] = {4, 2},
        [STANDING_SUSPECT] = {2, 1},
};
#define GROUP_MOST 6

/* The last element of a queue points nowhere, its first tells whether it is empty: what is zeroed
 * is an empty one, so that memory that nobody needs is never touched. */
#define PUSH(queue, element)                                                                       \
        do {                                                                                       \
                if (!(queue)->first)                                                               \
                        (queue)->last = &(queue)->first;                                           \
                (element)->next = NULL;                                                            \
                *(queue)->last = (element);                                                        \
                (queue)->last = &(element)->next;                                                  \
        } while (0)
#define POP(queue) ((queue)->first = (queue)->first->next)

/* Where a job belongs. */
struct place {
        struct fair_ring *ring;
        struct fair_group *group;
        struct fair_flow *flow;
};

static struct place place_in(struct fair_ring *ring, const struct fair_queue *queue,
                             const struct job *job)
{
        struct fair_group *group =
                &ring->groups[queue->shared ? job->service % FAIR_QUEUE_GROUPS : 0];

        return (struct place){ring, group,
                              &group->flows[queue->shared ? job->source % FAIR_QUEUE_FLOWS : 0]};
}

/* Whom nobody knows, and who asks for more than one thing at a time, is no better than who failed.
 */
static struct place place_of(struct fair_queue *queue, const struct job *job)
{
        struct place place = place_in(&queue->rings[queue->shared ? job->standing : 0], queue, job);
        bool suspect = queue->shared && job->standing == STANDING_NEW && place.flow->waiting > 0;

        return suspect ? place_in(&queue->rings[STANDING_SUSPECT], queue, job) : place;
}

static bool has_room(const struct fair_queue *queue, const struct place *place)
{
        return queue->waiting < queue->capacity && place->ring->waiting < place->ring->most &&
               place->group->waiting < queue->group_most &&
               place->flow->waiting < place->ring->flow_most;
}

static void add(struct fair_queue *queue, const struct place *place, struct job *job)
{
        if (place->group->waiting++ == 0)
                PUSH(place->ring, place->group);
        if (place->flow->waiting++ == 0)
                PUSH(place->group, place->flow);
        PUSH(place->flow, job);
        place->ring->waiting++;
        queue->waiting++;
}

/* Stochastic fair queueing (McKenney, 1990), first among services, then among the sources of one.
 */
static struct job *ring_next(struct fair_ring *ring)
{
        struct fair_group *group = ring->first;
        struct fair_flow *flow = group->first;
        struct job *job = flow->first;

        POP(ring);
        POP(group);
        POP(flow);
        if (--flow->waiting > 0)
                PUSH(group, flow);
        if (--group->waiting > 0)
                PUSH(ring, group);
        ring->waiting--;
        return job;
}

/* Of four turns two belong to those who are known, and one to each of the others; what nobody needs
 * goes to the first who does. */
struct job *fair_queue_next(struct fair_queue *queue)
{
        static const enum standing turns[] = {STANDING_KNOWN, STANDING_NEW, STANDING_KNOWN,
                                              STANDING_SUSPECT};
        enum standing standing = turns[queue->turn++ % ELEMENTS(turns)];

        if (queue->waiting == 0)
                return NULL;
        if (queue->rings[standing].waiting == 0)
                for (standing = 0; queue->rings[standing].waiting == 0;)
                        standing++;
        queue->waiting--;
        return ring_next(&queue->rings[standing]);
}

static uint32_t part(uint32_t whole, uint32_t eighths)
{
        uint32_t some = (uint32_t)((uint64_t)whole * eighths / 8);

        return some > 0 ? some : 1;
}

void fair_queue_init(struct fair_queue *queue, uint32_t capacity, bool shared)
{
        queue->capacity = capacity;
        queue->shared = shared;
        queue->group_most = shared ? part(capacity, GROUP_MOST) : capacity;
        for (size_t i = 0; i < STANDING_COUNT; i++) {
                queue->rings[i].most = shared ? part(capacity, most[i].ring) : capacity;
                queue->rings[i].flow_most = shared ? part(capacity, most[i].flow) : capacity;
        }
}

bool fair_queue_is_empty(const struct fair_queue *queue)
{
        return queue->waiting == 0;
}

bool fair_queue_add(struct fair_queue *queue, struct job *job)
{
        struct place place = place_of(queue, job);

        if (!has_room(queue, &place))
                return false;
        add(queue, &place, job);
        return true;
}
