/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R38: when guessing locks a login, and when the lock opens. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/lockout.h"

#define NOW (1000 * USEC_PER_DAY)

static const struct lockout_rule rule = {.max_failures = 6, .lock_usec = 30 * USEC_PER_MIN};

static struct lockout_state locked_at(uint64_t usec)
{
        return (struct lockout_state){.failures = 6, .locked_at_usec = usec};
}

static void sixth_failure_locks_and_the_fifth_does_not(void **unused)
{
        struct lockout_state state = {0};

        for (uint32_t failure = 1; failure <= 5; failure++) {
                state = lockout_charge(&rule, &state, NOW);
                assert_int_equal(state.failures, failure);
                assert_int_equal(lockout_wait_usec(&rule, &state, NOW), 0);
        }
        state = lockout_charge(&rule, &state, NOW);
        assert_int_equal(state.failures, 6);
        assert_int_equal(state.locked_at_usec, NOW);
        assert_int_equal(lockout_wait_usec(&rule, &state, NOW), 30 * USEC_PER_MIN);
}

static void lock_opens_exactly_after_30_minutes(void **unused)
{
        static const struct {
                uint64_t age_usec, wait_usec;
        } rows[] = {
                {0, 30 * USEC_PER_MIN},
                {1, 30 * USEC_PER_MIN - 1},
                {29 * USEC_PER_MIN, USEC_PER_MIN},
                {30 * USEC_PER_MIN - 1, 1},
                {30 * USEC_PER_MIN, 0},
                {30 * USEC_PER_MIN + 1, 0},
                {365 * USEC_PER_DAY, 0},
        };
        struct lockout_state state = locked_at(NOW);

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(lockout_wait_usec(&rule, &state, NOW + rows[i].age_usec),
                                 rows[i].wait_usec);
}

static void clock_set_back_makes_the_wait_longer(void **unused)
{
        static const uint64_t back_usec[] = {1, USEC_PER_HOUR, USEC_PER_DAY, NOW};
        struct lockout_state state = locked_at(NOW);
        uint64_t before_usec = lockout_wait_usec(&rule, &state, NOW);

        for (size_t i = 0; i < ELEMENTS(back_usec); i++) {
                uint64_t wait_usec = lockout_wait_usec(&rule, &state, NOW - back_usec[i]);

                assert_true(wait_usec > before_usec);
                assert_int_equal(NOW - back_usec[i] + wait_usec, NOW + rule.lock_usec);
                before_usec = wait_usec;
        }
}

static void attempts_while_locked_change_nothing(void **unused)
{
        static const uint64_t ages_usec[] = {0, USEC_PER_MIN, 30 * USEC_PER_MIN - 1};

        for (size_t i = 0; i < ELEMENTS(ages_usec); i++) {
                struct lockout_state state = locked_at(NOW);
                struct lockout_state after = lockout_charge(&rule, &state, NOW + ages_usec[i]);

                assert_int_equal(after.failures, state.failures);
                assert_int_equal(after.locked_at_usec, state.locked_at_usec);
        }
}

static void counting_starts_again_after_the_lock_has_opened(void **unused)
{
        struct lockout_state state = locked_at(NOW);

        state = lockout_charge(&rule, &state, NOW + 30 * USEC_PER_MIN);
        assert_int_equal(state.failures, 1);
        assert_int_equal(state.locked_at_usec, 0);
}

static void lower_limit_of_the_site_locks_at_the_next_failure(void **unused)
{
        const struct lockout_rule stricter = {.max_failures = 3, .lock_usec = rule.lock_usec};
        struct lockout_state state = {.failures = 5};

        assert_int_equal(lockout_wait_usec(&stricter, &state, NOW), 0);
        state = lockout_charge(&stricter, &state, NOW);
        assert_int_equal(lockout_wait_usec(&stricter, &state, NOW), rule.lock_usec);
}

static void higher_limit_of_the_site_opens_no_lock(void **unused)
{
        const struct lockout_rule laxer = {.max_failures = 10, .lock_usec = rule.lock_usec};
        struct lockout_state state = locked_at(NOW);

        assert_int_equal(lockout_wait_usec(&laxer, &state, NOW + 1), rule.lock_usec - 1);
}

static void extreme_values_never_open_a_lock(void **unused)
{
        const struct lockout_rule endless = {.max_failures = 3, .lock_usec = UINT64_MAX};
        struct lockout_state state = locked_at(NOW);
        struct lockout_state most = {.failures = UINT32_MAX};

        assert_true(lockout_wait_usec(&endless, &state, NOW + 100 * USEC_PER_DAY) > 0);
        most = lockout_charge(&rule, &most, NOW);
        assert_int_equal(most.failures, UINT32_MAX);
        assert_true(lockout_wait_usec(&rule, &most, NOW) > 0);

        struct lockout_state at_epoch = {.failures = 5};

        at_epoch = lockout_charge(&rule, &at_epoch, 0);
        assert_true(lockout_wait_usec(&rule, &at_epoch, 0) > 0);
}

static void refund_takes_back_one_charge_and_the_lock_that_it_set(void **unused)
{
        struct lockout_state state = {.failures = 5};

        state = lockout_charge(&rule, &state, NOW);
        state = lockout_refund(&state);
        assert_int_equal(state.failures, 5);
        assert_int_equal(lockout_wait_usec(&rule, &state, NOW), 0);

        struct lockout_state cleared = {0}; /* by who got in meanwhile */

        assert_int_equal(lockout_refund(&cleared).failures, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sixth_failure_locks_and_the_fifth_does_not),
                cmocka_unit_test(lock_opens_exactly_after_30_minutes),
                cmocka_unit_test(clock_set_back_makes_the_wait_longer),
                cmocka_unit_test(attempts_while_locked_change_nothing),
                cmocka_unit_test(counting_starts_again_after_the_lock_has_opened),
                cmocka_unit_test(lower_limit_of_the_site_locks_at_the_next_failure),
                cmocka_unit_test(higher_limit_of_the_site_opens_no_lock),
                cmocka_unit_test(extreme_values_never_open_a_lock),
                cmocka_unit_test(refund_takes_back_one_charge_and_the_lock_that_it_set),
        };

        return cmocka_run_group_tests_name("lockout (R38)", tests, NULL, NULL);
}
