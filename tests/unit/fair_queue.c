/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose turn it is in a queue, and who finds no room in it. */
#include "tests/unit/unit.h"

#include "bo-accountd/fair_queue.h"

#include <stdlib.h>

struct task {
        struct job job;
        unsigned at; /* when it was taken, as a number */
};

static struct task task(uint32_t service, uint32_t source, enum standing standing)
{
        return (struct task){.job = {.service = service, .source = source, .standing = standing}};
}

static bool add(struct fair_queue *queue, struct task *task)
{
        return fair_queue_add(queue, &task->job);
}

/* The one thread is at work already when the others come. */
static struct fair_queue *queue_behind_one(uint32_t capacity)
{
        struct fair_queue *queue = calloc(1, sizeof(*queue));
        struct task first = task(0, 0, STANDING_KNOWN);

        assert_non_null(queue);
        fair_queue_init(queue, capacity, true);
        assert_true(add(queue, &first));
        assert_ptr_equal(fair_queue_next(queue), &first);
        return queue;
}

static void take_all(struct fair_queue *queue)
{
        for (unsigned n = 1; !fair_queue_is_empty(queue); n++)
                ((struct task *)fair_queue_next(queue))->at = n;
        assert_null(fair_queue_next(queue));
}

static void sources_of_a_service_take_turns(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(1000);
        struct task flood[50], others[3];

        for (size_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, 7, STANDING_SUSPECT);
                assert_true(add(queue, &flood[i]));
        }
        for (uint32_t i = 0; i < ELEMENTS(others); i++) {
                others[i] = task(1, 8 + i, STANDING_SUSPECT);
                assert_true(add(queue, &others[i]));
        }
        take_all(queue);
        assert_int_equal(flood[0].at, 1);
        for (uint32_t i = 0; i < ELEMENTS(others); i++)
                assert_int_equal(others[i].at, 2 + i);
        for (uint32_t i = 1; i < ELEMENTS(flood); i++) /* its own stay in order */
                assert_int_equal(flood[i].at, i + 1 + ELEMENTS(others));
}

static void services_take_turns_however_many_sources_one_has(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(1000);
        struct task flood[100], login[2];

        for (uint32_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, i, STANDING_KNOWN);
                assert_true(add(queue, &flood[i]));
        }
        for (uint32_t i = 0; i < ELEMENTS(login); i++) {
                login[i] = task(2, 200 + i, STANDING_KNOWN);
                assert_true(add(queue, &login[i]));
        }
        take_all(queue);
        assert_int_equal(login[0].at, 2);
        assert_int_equal(login[1].at, 4);
}

static void those_who_failed_of_late_share_one_turn_of_four(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(1000);
        struct task flood[100], login[7];

        for (uint32_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, i, STANDING_SUSPECT);
                assert_true(add(queue, &flood[i]));
        }
        for (uint32_t i = 0; i < ELEMENTS(login); i++) {
                login[i] = task(1, 100 + i, STANDING_KNOWN);
                assert_true(add(queue, &login[i]));
        }
        take_all(queue);
        for (uint32_t i = 0; i < ELEMENTS(login); i++)
                assert_int_equal(login[i].at, 1 + i + (i + 1) / 3);
        assert_int_equal(flood[0].at, 3);
        assert_int_equal(flood[99].at, 107);
}

static void those_who_are_known_wait_for_few_of_many_new_ones(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(1000);
        struct task flood[100], login[5];

        for (uint32_t i = 0; i < ELEMENTS(flood); i++) {
                flood[i] = task(1, i, STANDING_NEW);
                assert_true(add(queue, &flood[i]));
        }
        for (uint32_t i = 0; i < ELEMENTS(login); i++) {
                login[i] = task(1, 100 + i, STANDING_KNOWN);
                assert_true(add(queue, &login[i]));
        }
        take_all(queue);
        assert_int_equal(flood[0].at, 1);
        for (uint32_t i = 0; i < ELEMENTS(login); i++)
                assert_int_equal(login[i].at, 2 + i + i / 3);
}

static void second_one_at_a_time_of_a_new_source_is_no_better_than_one_who_failed(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(1000);
        struct task first = task(1, 7, STANDING_NEW), second = task(1, 7, STANDING_NEW);
        struct task others[6];

        assert_true(add(queue, &first));
        assert_true(add(queue, &second));
        for (uint32_t i = 0; i < ELEMENTS(others); i++) {
                others[i] = task(1, 8 + i, STANDING_NEW);
                assert_true(add(queue, &others[i]));
        }
        take_all(queue);
        assert_int_equal(first.at, 1);
        assert_int_equal(others[0].at, 2);
        assert_int_equal(second.at, 3);
}

/* How many jobs of @service fit, each of another source from @source on in steps of @step. */
static unsigned fill(struct fair_queue *queue, struct task *tasks, unsigned room, struct task like,
                     uint32_t step)
{
        for (unsigned i = 0; i < room; i++) {
                tasks[i] = like;
                tasks[i].job.source += step * i;
                if (!add(queue, &tasks[i]))
                        return i;
        }
        return room;
}

static void nobody_fills_the_queue_for_those_who_are_known(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(100);
        struct task one[100], failed[100], fresh[100], known[100],
                late = task(2, 9, STANDING_KNOWN);

        assert_int_equal(fill(queue, one, 100, task(1, 7, STANDING_SUSPECT), 0), 12);
        assert_int_equal(fill(queue, failed, 100, task(1, 8, STANDING_SUSPECT), 1), 13);
        assert_int_equal(fill(queue, fresh, 100, task(1, 8, STANDING_NEW), 1), 50);
        assert_int_equal(fill(queue, known, 100, task(1, 8, STANDING_KNOWN), 0), 25);
        assert_false(add(queue, &late));
        take_all(queue);
        assert_true(add(queue, &late));
        take_all(queue);
        assert_int_equal(late.at, 1);
}

static void one_service_has_three_quarters_of_the_queue(void **unused)
{
        _cleanup_(freep) struct fair_queue *queue = queue_behind_one(100);
        struct task one[100], other[100];

        assert_int_equal(fill(queue, one, 100, task(1, 7, STANDING_KNOWN), 1), 75);
        assert_int_equal(fill(queue, other, 100, task(2, 7, STANDING_KNOWN), 1), 25);
        take_all(queue);
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
        };

        return cmocka_run_group_tests_name("fair_queue", tests, NULL, NULL);
}
