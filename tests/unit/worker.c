/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose turn it is in the queue for hashes, who finds no room in it, and how it stops. */
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

static void sources_of_a_service_take_turns(void **unused)
{
        struct workers *workers = start_behind_gate(1000);
        struct task flood[50], others[3];

        for (size_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, 7, STANDING_SUSPECT);
                assert_int_equal(submit(workers, &flood[i]), 0);
        }
        for (uint32_t i = 0; i < ELEMENTS(others); i++) {
                others[i] = task(1, 8 + i, STANDING_SUSPECT);
                assert_int_equal(submit(workers, &others[i]), 0);
        }
        open_gate();
        wait_for_all(workers);
        assert_int_equal(flood[0].at, 1);
        for (uint32_t i = 0; i < ELEMENTS(others); i++)
                assert_int_equal(others[i].at, 2 + i);
        for (uint32_t i = 1; i < ELEMENTS(flood); i++) /* its own stay in order */
                assert_int_equal(flood[i].at, i + 1 + ELEMENTS(others));
        workers_stop(workers);
}

static void services_take_turns_however_many_sources_one_has(void **unused)
{
        struct workers *workers = start_behind_gate(1000);
        struct task flood[100], login[2];

        for (uint32_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, i, STANDING_KNOWN);
                assert_int_equal(submit(workers, &flood[i]), 0);
        }
        for (uint32_t i = 0; i < ELEMENTS(login); i++) {
                login[i] = task(2, 200 + i, STANDING_KNOWN);
                assert_int_equal(submit(workers, &login[i]), 0);
        }
        open_gate();
        wait_for_all(workers);
        assert_int_equal(login[0].at, 2);
        assert_int_equal(login[1].at, 4);
        workers_stop(workers);
}

static void those_who_failed_of_late_share_one_turn_of_four(void **unused)
{
        struct workers *workers = start_behind_gate(1000);
        struct task flood[100], login[7];

        for (uint32_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, i, STANDING_SUSPECT);
                assert_int_equal(submit(workers, &flood[i]), 0);
        }
        for (uint32_t i = 0; i < ELEMENTS(login); i++) {
                login[i] = task(1, 100 + i, STANDING_KNOWN);
                assert_int_equal(submit(workers, &login[i]), 0);
        }
        open_gate();
        wait_for_all(workers);
        for (uint32_t i = 0; i < ELEMENTS(login); i++)
                assert_int_equal(login[i].at, 1 + i + (i + 1) / 3);
        assert_int_equal(flood[0].at, 3);
        assert_int_equal(flood[99].at, 107);
        workers_stop(workers);
}

static void those_who_are_known_wait_for_few_of_many_new_ones(void **unused)
{
        struct workers *workers = start_behind_gate(1000);
        struct task flood[100], login[5];

        for (uint32_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, i, STANDING_NEW);
                assert_int_equal(submit(workers, &flood[i]), 0);
        }
        for (uint32_t i = 0; i < ELEMENTS(login); i++) {
                login[i] = task(1, 100 + i, STANDING_KNOWN);
                assert_int_equal(submit(workers, &login[i]), 0);
        }
        open_gate();
        wait_for_all(workers);
        assert_int_equal(flood[0].at, 1);
        for (uint32_t i = 0; i < ELEMENTS(login); i++)
                assert_int_equal(login[i].at, 2 + i + i / 3);
        workers_stop(workers);
}

static void second_one_at_a_time_of_a_new_source_is_no_better_than_one_who_failed(void **unused)
{
        struct workers *workers = start_behind_gate(1000);
        struct task first = task(1, 7, STANDING_NEW), second = task(1, 7, STANDING_NEW);
        struct task others[6];

        assert_int_equal(submit(workers, &first), 0);
        assert_int_equal(submit(workers, &second), 0);
        for (uint32_t i = 0; i < ELEMENTS(others); i++) {
                others[i] = task(1, 8 + i, STANDING_NEW);
                assert_int_equal(submit(workers, &others[i]), 0);
        }
        open_gate();
        wait_for_all(workers);
        assert_int_equal(first.at, 1);
        assert_int_equal(others[0].at, 2);
        assert_int_equal(second.at, 3);
        workers_stop(workers);
}

/* How many jobs of @service fit, each of another source from @source on in steps of @step. */
static unsigned fill(struct workers *workers, struct task *tasks, unsigned room, struct task like,
                     uint32_t step)
{
        for (unsigned i = 0; i < room; i++) {
                tasks[i] = like;
                tasks[i].job.source += step * i;
                if (submit(workers, &tasks[i]) != 0)
                        return i;
        }
        return room;
}

static void nobody_fills_the_queue_for_those_who_are_known(void **unused)
{
        struct workers *workers = start_behind_gate(100);
        struct task one[100], failed[100], fresh[100], known[100],
                late = task(2, 9, STANDING_KNOWN);

        assert_int_equal(fill(workers, one, 100, task(1, 7, STANDING_SUSPECT), 0), 12);
        assert_int_equal(fill(workers, failed, 100, task(1, 8, STANDING_SUSPECT), 1), 13);
        assert_int_equal(fill(workers, fresh, 100, task(1, 8, STANDING_NEW), 1), 50);
        assert_int_equal(fill(workers, known, 100, task(1, 8, STANDING_KNOWN), 0), 25);
        assert_int_equal(submit(workers, &late), -EBUSY);
        open_gate();
        wait_for_all(workers);
        assert_int_equal(submit(workers, &late), 0);
        wait_for_all(workers);
        assert_int_equal(late.times_done, 1);
        workers_stop(workers);
}

static void one_service_has_three_quarters_of_the_queue(void **unused)
{
        struct workers *workers = start_behind_gate(100);
        struct task one[100], other[100];

        assert_int_equal(fill(workers, one, 100, task(1, 7, STANDING_KNOWN), 1), 75);
        assert_int_equal(fill(workers, other, 100, task(2, 7, STANDING_KNOWN), 1), 25);
        open_gate();
        wait_for_all(workers);
        workers_stop(workers);
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
                cmocka_unit_test(sources_of_a_service_take_turns),
                cmocka_unit_test(services_take_turns_however_many_sources_one_has),
                cmocka_unit_test(those_who_failed_of_late_share_one_turn_of_four),
                cmocka_unit_test(those_who_are_known_wait_for_few_of_many_new_ones),
                cmocka_unit_test(
                        second_one_at_a_time_of_a_new_source_is_no_better_than_one_who_failed),
                cmocka_unit_test(nobody_fills_the_queue_for_those_who_are_known),
                cmocka_unit_test(one_service_has_three_quarters_of_the_queue),
                cmocka_unit_test(smallest_queue_takes_one),
                cmocka_unit_test(look_ups_are_first_come_first_served_and_nobodys_share_is_bounded),
                cmocka_unit_test(every_job_is_run_and_done_once_by_many_threads),
                cmocka_unit_test(stop_runs_what_was_taken_in_the_same_turns),
        };

        return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
