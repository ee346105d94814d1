/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R36, R75: how often a reset may be asked for: a bucket that drains. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/throttle.h"

#define NOW (1000 * USEC_PER_DAY)

static const struct throttle_rule rule = {.room = 3, .drain_usec = USEC_PER_HOUR};

/* One asks at each time of a row, in order, beginning with an empty bucket. */
static void three_at_once_then_one_an_hour(void **unused)
{
        static const struct {
                uint64_t at_usec;
                bool taken;
        } rows[] = {
                {0, true},
                {0, true},
                {0, true},
                {0, false},
                {1, false},
                {USEC_PER_HOUR - 1, false},
                {USEC_PER_HOUR, true},
                {USEC_PER_HOUR, false},
                {2 * USEC_PER_HOUR - 1, false},
                {2 * USEC_PER_HOUR, true},
                {5 * USEC_PER_HOUR - 1, true}, /* two have drained, and nearly the third */
                {5 * USEC_PER_HOUR - 1, true},
                {5 * USEC_PER_HOUR - 1, false},
                {5 * USEC_PER_HOUR, true},
                {9 * USEC_PER_HOUR, true}, /* empty again: no more than before fits in */
                {9 * USEC_PER_HOUR, true},
                {9 * USEC_PER_HOUR, true},
                {9 * USEC_PER_HOUR, false},
        };
        uint64_t drained_usec = 0;

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (throttle_take(&rule, &drained_usec, NOW + rows[i].at_usec) != rows[i].taken)
                        fail_msg("row %zu", i);
}

static void asking_while_full_makes_nobody_wait_longer(void **unused)
{
        uint64_t drained_usec = 0;

        for (int i = 0; i < 1000; i++)
                (void)throttle_take(&rule, &drained_usec, NOW);
        assert_int_equal(drained_usec, NOW + 3 * USEC_PER_HOUR);
        assert_true(throttle_take(&rule, &drained_usec, NOW + USEC_PER_HOUR));
}

static void clock_set_back_leaves_a_full_bucket_and_no_more(void **unused)
{
        uint64_t drained_usec = NOW + USEC_PER_HOUR, back_usec = NOW - 100 * USEC_PER_DAY;

        assert_false(throttle_take(&rule, &drained_usec, back_usec));
        assert_int_equal(drained_usec, back_usec + 3 * USEC_PER_HOUR);
        assert_true(throttle_take(&rule, &drained_usec, back_usec + USEC_PER_HOUR));
}

static void bucket_that_has_drained_is_empty(void **unused)
{
        uint64_t drained_usec = NOW;

        assert_true(throttle_take(&rule, &drained_usec, NOW));
        assert_int_equal(drained_usec, NOW + USEC_PER_HOUR);
}

static void wait_is_told_to_the_microsecond(void **unused)
{
        uint64_t drained_usec = 0;

        assert_int_equal(throttle_wait_usec(&rule, 0, NOW), 0);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(throttle_wait_usec(&rule, drained_usec, NOW), 0);
                assert_true(throttle_take(&rule, &drained_usec, NOW));
        }
        assert_int_equal(throttle_wait_usec(&rule, drained_usec, NOW), USEC_PER_HOUR);
        assert_int_equal(throttle_wait_usec(&rule, drained_usec, NOW + USEC_PER_HOUR - 1), 1);
        assert_int_equal(throttle_wait_usec(&rule, drained_usec, NOW + USEC_PER_HOUR), 0);
        assert_int_equal(throttle_wait_usec(&rule, drained_usec, NOW - USEC_PER_DAY),
                         USEC_PER_HOUR);
}

static void what_is_given_back_is_as_if_it_had_not_been_taken(void **unused)
{
        uint64_t drained_usec = 0;

        for (int i = 0; i < 3; i++)
                assert_true(throttle_take(&rule, &drained_usec, NOW));
        throttle_give_back(&rule, &drained_usec, NOW);
        assert_int_equal(drained_usec, NOW + 2 * USEC_PER_HOUR);
        assert_true(throttle_take(&rule, &drained_usec, NOW));
        assert_false(throttle_take(&rule, &drained_usec, NOW));
        for (int i = 0; i < 9; i++)
                throttle_give_back(&rule, &drained_usec, NOW);
        for (int i = 0; i < 3; i++) /* no more room than an empty one has */
                assert_true(throttle_take(&rule, &drained_usec, NOW));
        assert_false(throttle_take(&rule, &drained_usec, NOW));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(three_at_once_then_one_an_hour),
                cmocka_unit_test(asking_while_full_makes_nobody_wait_longer),
                cmocka_unit_test(clock_set_back_leaves_a_full_bucket_and_no_more),
                cmocka_unit_test(bucket_that_has_drained_is_empty),
                cmocka_unit_test(wait_is_told_to_the_microsecond),
                cmocka_unit_test(what_is_given_back_is_as_if_it_had_not_been_taken),
        };

        return cmocka_run_group_tests_name("throttle (R36, R75)", tests, NULL, NULL);
}
