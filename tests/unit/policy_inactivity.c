/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R40: when a login that nobody used is closed. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/inactivity.h"

#define DAY(n) ((n)*USEC_PER_DAY)
#define MAX    DAY(90)

static void login_is_idle_from_90_days_after_its_last_use(void **unused)
{
        /* Last login, activation, administrator's reset: the latest counts. */
        static const struct inactivity_facts uses[] = {
                {.last_login_usec = DAY(1000), .activated_usec = DAY(900)},
                {.activated_usec = DAY(1000)},
                {.last_login_usec = DAY(910),
                 .activated_usec = DAY(900),
                 .admin_reset_usec = DAY(1000)},
        };

        for (size_t i = 0; i < ELEMENTS(uses); i++) {
                assert_false(inactivity_reached(MAX, &uses[i], DAY(1000)));
                assert_false(inactivity_reached(MAX, &uses[i], DAY(1090) - 1));
                assert_true(inactivity_reached(MAX, &uses[i], DAY(1090)));
                assert_true(inactivity_reached(MAX, &uses[i], DAY(5000)));
        }
}

static void clock_set_back_does_not_open_a_login_found_idle(void **unused)
{
        const struct inactivity_facts marked = {
                .last_login_usec = DAY(1000), .activated_usec = DAY(900), .marked_usec = DAY(1090)};

        assert_true(inactivity_reached(MAX, &marked, DAY(1001)));
        assert_true(inactivity_reached(MAX, &marked, 0));
}

static void clock_set_back_closes_nothing(void **unused)
{
        const struct inactivity_facts used = {.last_login_usec = DAY(1000),
                                              .activated_usec = DAY(900)};

        assert_false(inactivity_reached(MAX, &used, DAY(500)));
}

static void nobody_is_idle_before_activation_or_without_a_limit(void **unused)
{
        const struct inactivity_facts waiting = {.marked_usec = DAY(2000)};
        const struct inactivity_facts marked = {.activated_usec = DAY(1), .marked_usec = DAY(91)};

        assert_false(inactivity_reached(MAX, &waiting, DAY(3000)));
        assert_false(inactivity_reached(0, &marked, DAY(3000)));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(login_is_idle_from_90_days_after_its_last_use),
                cmocka_unit_test(clock_set_back_does_not_open_a_login_found_idle),
                cmocka_unit_test(clock_set_back_closes_nothing),
                cmocka_unit_test(nobody_is_idle_before_activation_or_without_a_limit),
        };

        return cmocka_run_group_tests_name("inactivity (R40)", tests, NULL, NULL);
}
