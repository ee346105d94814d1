/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every job is run and done once, in the order of its queue, and how the threads stop. */
#include "tests/unit/unit.h"

#include "bo-accountd/store/store.h"
#include "bo-accountd/worker.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Instead of the store, which the workers open: nothing here needs one. */
int store_open(struct store **ret_store, const char *path, const struct keys *keys)
{
        return -ENOSYS;
}

struct store *store_close(struct store *store)
{
        return NULL;
}

struct keys *keys_free(struct keys *keys)
{
        return NULL;
}

void store_use_keys(struct store *store, const struct keys *keys)
{
}

void store_doubt(struct store *store)
{
}

/* One thread hashes, and stands at this gate with its first job until all others are queued. */
static struct {
        pthread_mutex_t lock;
        pthread_cond_t changed;
        bool open, reached;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static atomic_uint n_run;

struct task {
        struct job job;
        unsigned at; /* when it was run, as a number */
        unsigned times_done;
};

static int run(struct job *job, struct store *store, int store_error)
{
        ((struct task *)job)->at = ++n_run;
        return 0;
}

static int run_gate(struct job *job, struct store *store, int store_error)
{
        pthread_mutex_lock(&gate.lock);
        gate.reached = true;
        pthread_cond_broadcast(&gate.changed);
        while (!gate.open)
                pthread_cond_wait(&gate.changed, &gate.lock);
        pthread_mutex_unlock(&gate.lock);
        return 0;
}

static void done(struct job *job)
{
        ((struct task *)job)->times_done++;
}

static struct task task(uint32_t service, uint32_t source, enum standing standing)
{
        return (struct task){.job = {.run = run,
                                     .done = done,
                                     .service = service,
                                     .source = source,
                                     .standing = standing}};
}

static struct workers *start(uint32_t threads, uint32_t capacity)
{
        const struct workers_config config = {
                .threads = {[QUEUE_HASH] = threads, [QUEUE_OTHER] = 1},
                .capacity = {[QUEUE_HASH] = capacity, [QUEUE_OTHER] = capacity},
        };
        struct workers *workers = NULL;

        n_run = 0;
        assert_int_equal(workers_start(&workers, &config), 0);
        return workers;
}

static struct task gatekeeper;

static struct workers *start_behind_gate(uint32_t capacity)
{
        struct workers *workers = start(1, capacity);

        gate.open = gate.reached = false;
        gatekeeper = task(0, 0, STANDING_KNOWN);
        gatekeeper.job.run = run_gate;
        assert_int_equal(workers_submit(workers, QUEUE_HASH, &gatekeeper.job), 0);
        pthread_mutex_lock(&gate.lock);
        while (!gate.reached)
                pthread_cond_wait(&gate.changed, &gate.lock);
        pthread_mutex_unlock(&gate.lock);
        return workers;
}

static void open_gate(void)
{
        pthread_mutex_lock(&gate.lock);
        gate.open = true;
        pthread_cond_broadcast(&gate.changed);
        pthread_mutex_unlock(&gate.lock);
}

static void wait_for_all(struct workers *workers)
{
        while (workers_pending(workers) > 0) {
                struct pollfd ready = {.fd = workers_fd(workers), .events = POLLIN};

                assert_int_equal(poll(&ready, 1, 30000), 1);
                workers_reap(workers);
        }
}

static int submit(struct workers *workers, struct task *task)
{
        return workers_submit(workers, QUEUE_HASH, &task->job);
}

static void smallest_queue_takes_one(void **unused)
{
        struct workers *workers = start_behind_gate(1);
        struct task one = task(1, 7, STANDING_KNOWN), other = task(2, 8, STANDING_KNOWN);

        assert_int_equal(submit(workers, &one), 0);
        assert_int_equal(submit(workers, &other), -EBUSY);
        open_gate();
        wait_for_all(workers);
        workers_stop(workers);
}

static void look_ups_are_first_come_first_served_and_nobodys_share_is_bounded(void **unused)
{
        struct workers *workers = start(1, 100);
        struct task tasks[100];

        for (size_t i = 0; i < ELEMENTS(tasks); i++) {
                tasks[i] = task(0, 0, STANDING_KNOWN);
                assert_int_equal(workers_submit(workers, QUEUE_OTHER, &tasks[i].job), 0);
        }
        wait_for_all(workers);
        for (size_t i = 0; i < ELEMENTS(tasks); i++)
                assert_int_equal(tasks[i].at, i + 1);
        workers_stop(workers);
}

static void every_job_is_run_and_done_once_by_many_threads(void **unused)
{
        struct workers *workers = start(4, 8192);
        struct task *tasks = calloc(4000, sizeof(*tasks));

        assert_non_null(tasks);
        for (uint32_t i = 0; i < 4000; i++) {
                tasks[i] = task(i % 5, i % 257, i % STANDING_COUNT);
                assert_int_equal(submit(workers, &tasks[i]), 0);
                if (i % 64 == 0)
                        workers_reap(workers);
        }
        wait_for_all(workers);
        assert_int_equal(n_run, 4000);
        for (uint32_t i = 0; i < 4000; i++)
                assert_int_equal(tasks[i].times_done, 1);
        workers_stop(workers);
        free(tasks);
}

static void *stopper(void *userdata)
{
        workers_stop(userdata);
        return NULL;
}

static void stop_runs_what_was_taken_in_the_same_turns(void **unused)
{
        struct workers *workers = start_behind_gate(1000);
        struct task flood[50], other = task(1, 8, STANDING_KNOWN);
        pthread_t thread;

        for (size_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, 7, STANDING_KNOWN);
                assert_int_equal(submit(workers, &flood[i]), 0);
        }
        assert_int_equal(submit(workers, &other), 0);
        assert_int_equal(pthread_create(&thread, NULL, stopper, workers), 0);
        open_gate();
        pthread_join(thread, NULL);
        assert_int_equal(n_run, ELEMENTS(flood) + 1);
        assert_int_equal(other.at, 2);
        assert_int_equal(other.times_done, 0); /* the main thread is gone */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(smallest_queue_takes_one),
                cmocka_unit_test(look_ups_are_first_come_first_served_and_nobodys_share_is_bounded),
                cmocka_unit_test(every_job_is_run_and_done_once_by_many_threads),
                cmocka_unit_test(stop_runs_what_was_taken_in_the_same_turns),
        };

        return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
