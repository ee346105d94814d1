/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two bounded queues, their threads, and the way back through an eventfd. */
#include "bo-accountd/worker.h"

#include "bo-accountd/store/store.h"
#include "common/cleanup.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>

#define WORKER_STACK_BYTES (512 * 1024) /* libpwquality and NSS modules keep buffers on it */

/* Sources, and services, whose jobs one lane tells apart; more of them share a place. */
#define FLOWS  256
#define GROUPS 8

/* Who goes first, and how many of each kind may wait in a shared lane, in eighths of it: together
 * the others leave room for those who are known. */
static const struct {
        uint32_t ring, flow;
} most[STANDING_COUNT] = {
        [STANDING_KNOWN] = {8, 2},
        [STANDING_NEW] = {4, 2},
        [STANDING_SUSPECT] = {2, 1},
};
#define GROUP_MOST 6

/* The jobs of one source, in order. */
struct flow {
        struct job *first, **last;
        struct flow *next;
        uint32_t waiting;
};

/* The sources of one service that have something to do: each gives one job, then goes to the end.
 */
struct group {
        struct flow *first, **last;
        struct group *next;
        uint32_t waiting;
        struct flow flows[FLOWS];
};

/* Likewise the services. */
struct ring {
        struct group *first, **last;
        uint32_t waiting, most, flow_most; /* so that nobody fills the lane alone */
        struct group groups[GROUPS];
};

struct lane {
        struct workers *workers;
        bool shared; /* by turns; else first come, first served */
        uint32_t waiting, capacity, group_most, n_threads;
        uint32_t turn;
        pthread_cond_t wake;
        pthread_t *threads;
        struct ring rings[STANDING_COUNT];
};

struct workers {
        struct workers_config config;
        pthread_mutex_t lock;
        struct lane lanes[QUEUE_COUNT];
        struct job *finished, **finished_last;
        uint32_t pending;
        bool stopping;
        int event_fd;
};

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
        struct ring *ring;
        struct group *group;
        struct flow *flow;
};

static struct place place_in(struct ring *ring, const struct lane *lane, const struct job *job)
{
        struct group *group = &ring->groups[lane->shared ? job->service % GROUPS : 0];

        return (struct place){ring, group, &group->flows[lane->shared ? job->source % FLOWS : 0]};
}

/* Whom nobody knows, and who asks for more than one thing at a time, is no better than who failed.
 */
static struct place place_of(struct lane *lane, const struct job *job)
{
        struct place place = place_in(&lane->rings[lane->shared ? job->standing : 0], lane, job);
        bool suspect = lane->shared && job->standing == STANDING_NEW && place.flow->waiting > 0;

        return suspect ? place_in(&lane->rings[STANDING_SUSPECT], lane, job) : place;
}

static bool lane_has_room(const struct lane *lane, const struct place *place)
{
        return lane->waiting < lane->capacity && place->ring->waiting < place->ring->most &&
               place->group->waiting < lane->group_most &&
               place->flow->waiting < place->ring->flow_most;
}

static void lane_add(struct lane *lane, const struct place *place, struct job *job)
{
        if (place->group->waiting++ == 0)
                PUSH(place->ring, place->group);
        if (place->flow->waiting++ == 0)
                PUSH(place->group, place->flow);
        PUSH(place->flow, job);
        place->ring->waiting++;
        lane->waiting++;
}

/* Stochastic fair queueing (McKenney, 1990), first among services, then among the sources of one.
 */
static struct job *ring_next(struct ring *ring)
{
        struct group *group = ring->first;
        struct flow *flow = group->first;
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
static struct job *lane_next(struct lane *lane)
{
        static const enum standing turns[] = {STANDING_KNOWN, STANDING_NEW, STANDING_KNOWN,
                                              STANDING_SUSPECT};
        enum standing standing = turns[lane->turn++ % ELEMENTS(turns)];

        if (lane->waiting == 0)
                return NULL;
        if (lane->rings[standing].waiting == 0)
                for (standing = 0; lane->rings[standing].waiting == 0;)
                        standing++;
        lane->waiting--;
        return ring_next(&lane->rings[standing]);
}

static struct job *lane_take(struct lane *lane)
{
        struct workers *workers = lane->workers;
        struct job *job;

        pthread_mutex_lock(&workers->lock);
        while (lane->waiting == 0 && !workers->stopping)
                pthread_cond_wait(&lane->wake, &workers->lock);
        job = lane_next(lane);
        pthread_mutex_unlock(&workers->lock);
        return job;
}

static void workers_give_back(struct workers *workers, struct job *job)
{
        uint64_t one = 1;

        pthread_mutex_lock(&workers->lock);
        job->next = NULL;
        *workers->finished_last = job;
        workers->finished_last = &job->next;
        pthread_mutex_unlock(&workers->lock);
        /* Fails only when the counter is full: then it is readable anyway. */
        if (write(workers->event_fd, &one, sizeof(one)) < 0)
                return;
}

/* Does the store's answer mean that the connection itself is no good any more? */
static bool store_is_broken(int result)
{
        return result == -EIO || result == -EROFS || result == -ENOSPC || result == -ENOENT;
}

static void *worker_main(void *userdata)
{
        struct lane *lane = userdata;
        _cleanup_(store_closep) struct store *store = NULL;
        struct job *job;

        while ((job = lane_take(lane))) {
                int error = 0;

                if (!store)
                        error = store_open(&store, lane->workers->config.store_path,
                                           lane->workers->config.keys);
                if (store_is_broken(job->run(job, store, error)) && store) {
                        store_doubt(store);
                        store = store_close(store);
                }
                workers_give_back(lane->workers, job);
        }
        return NULL;
}

/* Workers leave every signal to the main thread's event loop. */
static int lane_start(struct lane *lane, uint32_t n_threads)
{
        sigset_t all, before;
        pthread_attr_t attributes;
        int r = 0;

        lane->threads = calloc(n_threads, sizeof(*lane->threads));
        if (!lane->threads)
                return -ENOMEM;
        if (pthread_attr_init(&attributes) != 0)
                return -ENOMEM;
        r = -pthread_attr_setstacksize(&attributes, WORKER_STACK_BYTES);
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        while (r == 0 && lane->n_threads < n_threads) {
                r = -pthread_create(&lane->threads[lane->n_threads], &attributes, worker_main,
                                    lane);
                if (r == 0)
                        lane->n_threads++;
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_attr_destroy(&attributes);
        return r;
}

static uint32_t part(uint32_t whole, uint32_t eighths)
{
        uint32_t some = (uint32_t)((uint64_t)whole * eighths / 8);

        return some > 0 ? some : 1;
}

static void lane_init(struct lane *lane, struct workers *workers, uint32_t capacity, bool shared)
{
        lane->workers = workers;
        lane->capacity = capacity;
        lane->shared = shared;
        lane->group_most = shared ? part(capacity, GROUP_MOST) : capacity;
        for (size_t i = 0; i < STANDING_COUNT; i++) {
                lane->rings[i].most = shared ? part(capacity, most[i].ring) : capacity;
                lane->rings[i].flow_most = shared ? part(capacity, most[i].flow) : capacity;
        }
        pthread_cond_init(&lane->wake, NULL);
}

int workers_start(struct workers **ret_workers, const struct workers_config *config)
{
        struct workers *workers = calloc(1, sizeof(*workers));
        int r = 0;

        if (!workers)
                return -ENOMEM;
        workers->config = *config;
        workers->finished_last = &workers->finished;
        pthread_mutex_init(&workers->lock, NULL);
        for (int i = 0; i < QUEUE_COUNT; i++)
                lane_init(&workers->lanes[i], workers, config->capacity[i], i == QUEUE_HASH);

        workers->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (workers->event_fd < 0)
                r = -errno;
        for (int i = 0; i < QUEUE_COUNT && r == 0; i++)
                r = lane_start(&workers->lanes[i], config->threads[i]);
        if (r < 0) {
                workers_stop(workers);
                return r;
        }
        *ret_workers = workers;
        return 0;
}

struct workers *workers_stop(struct workers *workers)
{
        if (!workers)
                return NULL;
        pthread_mutex_lock(&workers->lock);
        workers->stopping = true;
        for (int i = 0; i < QUEUE_COUNT; i++)
                pthread_cond_broadcast(&workers->lanes[i].wake);
        pthread_mutex_unlock(&workers->lock);

        for (int i = 0; i < QUEUE_COUNT; i++) {
                struct lane *lane = &workers->lanes[i];

                for (uint32_t n = 0; n < lane->n_threads; n++)
                        pthread_join(lane->threads[n], NULL);
                free(lane->threads);
                pthread_cond_destroy(&lane->wake);
        }
        closep(&workers->event_fd);
        pthread_mutex_destroy(&workers->lock);
        free(workers);
        return NULL;
}

int workers_submit(struct workers *workers, enum queue queue, struct job *job)
{
        struct lane *lane = &workers->lanes[queue];
        struct place place;
        int r = 0;

        pthread_mutex_lock(&workers->lock);
        place = place_of(lane, job);
        if (lane_has_room(lane, &place)) {
                lane_add(lane, &place, job);
                workers->pending++;
        } else {
                r = -EBUSY;
        }
        pthread_mutex_unlock(&workers->lock);
        if (r == 0) /* after the lock: who wakes would only wait for it */
                pthread_cond_signal(&lane->wake);
        return r;
}

int workers_fd(const struct workers *workers)
{
        return workers->event_fd;
}

void workers_reap(struct workers *workers)
{
        uint64_t count;
        struct job *job;

        /* Only resets the counter; the list is the truth. */
        if (read(workers->event_fd, &count, sizeof(count)) < 0)
                count = 0;
        pthread_mutex_lock(&workers->lock);
        job = workers->finished;
        workers->finished = NULL;
        workers->finished_last = &workers->finished;
        pthread_mutex_unlock(&workers->lock);

        while (job) {
                struct job *next = job->next;

                workers->pending--;
                job->done(job);
                job = next;
        }
}

uint32_t workers_pending(const struct workers *workers)
{
        return workers->pending;
}
