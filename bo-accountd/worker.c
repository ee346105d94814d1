/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two queues, their threads, and the way back through an eventfd. */
#include "bo-accountd/worker.h"

#include "bo-accountd/fair_queue.h"
#include "bo-accountd/metrics.h"
#include "bo-accountd/store/store.h"
#include "common/cleanup.h"
#include "common/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>

#define WORKER_STACK_BYTES (512 * 1024) /* libpwquality and NSS modules keep buffers on it */

struct lane {
        struct workers *workers;
        enum queue number;
        uint32_t n_threads;
        pthread_cond_t wake;
        pthread_t *threads;
        struct fair_queue queue;
};

_Static_assert(QUEUE_COUNT == METRICS_QUEUES, "each queue is counted");

struct workers {
        struct workers_config config;
        pthread_mutex_t lock;
        struct lane lanes[QUEUE_COUNT];
        struct job *finished, **finished_last;
        uint32_t pending, pending_with_keys; /* all, and those with the present ones */
        bool stopping;
        int event_fd;
};

int keys_ref_new(struct keys_ref **ret_ref, struct keys *keys)
{
        struct keys_ref *ref = calloc(1, sizeof(*ref));

        if (!ref)
                return -ENOMEM;
        *ref = (struct keys_ref){.keys = keys, .references = 1};
        *ret_ref = ref;
        return 0;
}

struct keys_ref *keys_ref_take(struct keys_ref *ref)
{
        if (ref)
                ref->references++;
        return ref;
}

struct keys_ref *keys_ref_drop(struct keys_ref *ref)
{
        if (ref && --ref->references == 0) {
                keys_free(ref->keys);
                free(ref);
        }
        return NULL;
}

static struct job *lane_take(struct lane *lane)
{
        struct workers *workers = lane->workers;
        struct job *job;

        pthread_mutex_lock(&workers->lock);
        while (fair_queue_is_empty(&lane->queue) && !workers->stopping)
                pthread_cond_wait(&lane->wake, &workers->lock);
        job = fair_queue_next(&lane->queue);
        metric_set(&metrics.waiting[lane->number], lane->queue.waiting);
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

static int job_run(const struct lane *lane, struct job *job, struct store *store, int error)
{
        uint64_t begun_usec = clock_monotonic_usec();
        int r;

        histogram_add(&metrics.wait[lane->number], begun_usec - job->queued_usec);
        metric_add(&metrics.running[lane->number], 1);
        r = job->run(job, store, error);
        metric_take(&metrics.running[lane->number], 1);
        histogram_add(&metrics.run[lane->number], clock_monotonic_usec() - begun_usec);
        return r;
}

/* The store is opened by the first job that needs it, and works with the keys of each. */
static int prepare_store(struct lane *lane, const struct job *job, struct store **store)
{
        const struct keys *keys = job->keys ? job->keys->keys : NULL;
        int r = *store ? 0 : store_open(store, lane->workers->config.store_path, keys);

        if (r == 0)
                store_use_keys(*store, keys);
        return r;
}

static void *worker_main(void *userdata)
{
        struct lane *lane = userdata;
        _cleanup_(store_closep) struct store *store = NULL;
        struct job *job;

        while ((job = lane_take(lane))) {
                int error = prepare_store(lane, job, &store);

                if (store_is_broken(job_run(lane, job, store, error)) && store) {
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

static void lane_init(struct workers *workers, enum queue number)
{
        struct lane *lane = &workers->lanes[number];
        uint32_t capacity = workers->config.capacity[number];

        lane->workers = workers;
        lane->number = number;
        fair_queue_init(&lane->queue, capacity, number == QUEUE_HASH);
        metric_set(&metrics.capacity[number], capacity);
        metric_set(&metrics.threads[number], workers->config.threads[number]);
        pthread_cond_init(&lane->wake, NULL);
}

int workers_start(struct workers **ret_workers, const struct workers_config *config)
{
        struct workers *workers = calloc(1, sizeof(*workers));
        int r = 0;

        if (!workers)
                return -ENOMEM;
        workers->config = *config;
        keys_ref_take(config->keys);
        workers->finished_last = &workers->finished;
        pthread_mutex_init(&workers->lock, NULL);
        for (int i = 0; i < QUEUE_COUNT; i++)
                lane_init(workers, (enum queue)i);

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
        keys_ref_drop(workers->config.keys);
        free(workers);
        return NULL;
}

static void count_job(struct workers *workers, const struct keys_ref *keys, uint32_t more)
{
        workers->pending += more;
        if (keys == workers->config.keys)
                workers->pending_with_keys += more;
}

int workers_submit(struct workers *workers, enum queue queue, struct job *job)
{
        struct lane *lane = &workers->lanes[queue];
        int r = 0;

        job->queued_usec = clock_monotonic_usec();
        job->keys = keys_ref_take(workers->config.keys);
        pthread_mutex_lock(&workers->lock);
        if (!fair_queue_add(&lane->queue, job))
                r = -EBUSY;
        metric_set(&metrics.waiting[queue], lane->queue.waiting);
        pthread_mutex_unlock(&workers->lock);
        if (r < 0)
                job->keys = keys_ref_drop(job->keys);
        else
                count_job(workers, job->keys, 1);
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

                struct keys_ref *keys = job->keys;

                count_job(workers, keys, (uint32_t)-1);
                job->done(job);
                keys_ref_drop(keys);
                job = next;
        }
}

void workers_set_keys(struct workers *workers, struct keys_ref *keys)
{
        keys_ref_take(keys);
        keys_ref_drop(workers->config.keys);
        workers->config.keys = keys;
        workers->pending_with_keys = 0;
}

bool workers_keys_settled(const struct workers *workers)
{
        return workers->pending == workers->pending_with_keys;
}

uint32_t workers_pending(const struct workers *workers)
{
        return workers->pending;
}
