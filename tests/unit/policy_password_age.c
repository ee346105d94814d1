/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R2, R3, R5, R86: when a password must be changed. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/password_age.h"

#define CHANGED (1000 * USEC_PER_DAY)
#define DAYS(n) ((n)*USEC_PER_DAY)

static const struct password_age_rule rule = {.max_age_usec = DAYS(90), .warn_usec = DAYS(14)};
static const struct password_age_facts person = {.changed_usec = CHANGED};

static void person_is_warned_from_14_days_and_expired_at_90(void **unused)
{
        static const struct {
                uint64_t age_usec;
                enum password_age verdict;
        } rows[] = {
                {0, PASSWORD_AGE_FINE},
                {DAYS(76) - 1, PASSWORD_AGE_FINE},
                {DAYS(76), PASSWORD_AGE_WARN},
                {DAYS(90) - 1, PASSWORD_AGE_WARN},
                {DAYS(90), PASSWORD_AGE_EXPIRED},
                {DAYS(90) + 1, PASSWORD_AGE_EXPIRED},
                {DAYS(3650), PASSWORD_AGE_EXPIRED},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(password_age_verdict(&rule, &person, CHANGED + rows[i].age_usec),
                                 rows[i].verdict);
        assert_int_equal(password_age_expires_usec(&rule, &person), CHANGED + DAYS(90));
}

static void clock_set_back_expires_nothing_early(void **unused)
{
        assert_int_equal(password_age_verdict(&rule, &person, CHANGED - DAYS(500)),
                         PASSWORD_AGE_FINE);
}

static void api_password_never_expires(void **unused)
{
        const struct password_age_facts api = {
                .changed_usec = CHANGED, .must_change = true, .is_api = true};

        assert_int_equal(password_age_verdict(&rule, &api, CHANGED + DAYS(3650)),
                         PASSWORD_AGE_FINE);
        assert_int_equal(password_age_expires_usec(&rule, &api), 0);
}

static void password_set_by_another_is_changed_at_once(void **unused)
{
        const struct password_age_rule none = {0};
        const struct password_age_facts initial = {.changed_usec = CHANGED, .must_change = true};

        assert_int_equal(password_age_verdict(&rule, &initial, CHANGED), PASSWORD_AGE_EXPIRED);
        assert_int_equal(password_age_verdict(&none, &initial, CHANGED), PASSWORD_AGE_EXPIRED);
}

static void nothing_expires_without_a_rule_or_a_password(void **unused)
{
        const struct password_age_rule none = {.warn_usec = DAYS(14)};
        const struct password_age_facts absent = {0};

        assert_int_equal(password_age_verdict(&none, &person, UINT64_MAX), PASSWORD_AGE_FINE);
        assert_int_equal(password_age_expires_usec(&none, &person), 0);
        assert_int_equal(password_age_verdict(&rule, &absent, CHANGED), PASSWORD_AGE_FINE);
}

static void no_warning_where_it_is_off(void **unused)
{
        const struct password_age_rule silent = {.max_age_usec = DAYS(90)};

        assert_int_equal(password_age_verdict(&silent, &person, CHANGED + DAYS(90) - 1),
                         PASSWORD_AGE_FINE);
}

static void sum_beyond_the_end_of_time_does_not_wrap(void **unused)
{
        const struct password_age_rule huge = {.max_age_usec = UINT64_MAX};

        assert_int_equal(password_age_expires_usec(&huge, &person), UINT64_MAX);
        assert_int_equal(password_age_verdict(&huge, &person, CHANGED + DAYS(90)),
                         PASSWORD_AGE_FINE);
}

static void days_left_are_whole_rounded_up_and_at_least_one(void **unused)
{
        static const struct {
                uint64_t ahead_usec;
                uint32_t days;
        } rows[] = {
                {0, 0},
                {1, 1},
                {DAYS(1) - 1, 1},
                {DAYS(1), 1},
                {DAYS(1) + 1, 2},
                {DAYS(14), 14},
                {UINT64_MAX - CHANGED, 213503983 - 1000},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                assert_int_equal(password_age_days_left(CHANGED + rows[i].ahead_usec, CHANGED),
                                 rows[i].days);
        assert_int_equal(password_age_days_left(CHANGED - 1, CHANGED), 0);
        assert_int_equal(password_age_days_left(0, CHANGED), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(person_is_warned_from_14_days_and_expired_at_90),
                cmocka_unit_test(clock_set_back_expires_nothing_early),
                cmocka_unit_test(api_password_never_expires),
                cmocka_unit_test(password_set_by_another_is_changed_at_once),
                cmocka_unit_test(nothing_expires_without_a_rule_or_a_password),
                cmocka_unit_test(no_warning_where_it_is_off),
                cmocka_unit_test(sum_beyond_the_end_of_time_does_not_wrap),
                cmocka_unit_test(days_left_are_whole_rounded_up_and_at_least_one),
        };

        return cmocka_run_group_tests_name("password age (R2, R3, R5, R86)", tests, NULL, NULL);
}
