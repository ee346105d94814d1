/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pauses between attempts to deliver a mail, and their end after three days. */
#include "tests/unit/unit.h"

#include "bo-accountd/policy/mail_retry.h"

#define NOON (UINT64_C(1700000000) * USEC_PER_SEC)
#define KEPT (3 * USEC_PER_DAY)

static uint64_t due(uint32_t attempts, uint64_t age_usec)
{
        const struct mail_retry_facts facts = {.id = 7, .queued_usec = NOON, .attempts = attempts};

        return mail_retry_due_usec(&facts, NOON + age_usec);
}

static void pauses_double_from_a_minute_to_half_an_hour(void **state)
{
        static const struct {
                uint32_t attempts;
                uint64_t pause_usec;
        } rows[] = {
                {0, USEC_PER_MIN},        {1, USEC_PER_MIN},
                {2, 2 * USEC_PER_MIN},    {3, 4 * USEC_PER_MIN},
                {4, 8 * USEC_PER_MIN},    {5, 16 * USEC_PER_MIN},
                {6, 30 * USEC_PER_MIN},   {7, 30 * USEC_PER_MIN},
                {100, 30 * USEC_PER_MIN}, {UINT32_MAX, 30 * USEC_PER_MIN},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                uint64_t pause = due(rows[i].attempts, USEC_PER_HOUR) - NOON - USEC_PER_HOUR;

                assert_in_range(pause, rows[i].pause_usec,
                                rows[i].pause_usec + rows[i].pause_usec / 8);
        }
}

static void mails_of_one_moment_do_not_come_back_in_one(void **state)
{
        uint64_t seen[4];

        for (uint64_t id = 0; id < ELEMENTS(seen); id++) {
                const struct mail_retry_facts facts = {
                        .id = id + 1, .queued_usec = NOON, .attempts = 6};

                seen[id] = mail_retry_due_usec(&facts, NOON);
                assert_int_equal(seen[id], mail_retry_due_usec(&facts, NOON));
                for (uint64_t other = 0; other < id; other++)
                        assert_int_not_equal(seen[id], seen[other]);
        }
}

static void the_last_attempt_is_exactly_after_three_days(void **state)
{
        assert_int_equal(due(20, KEPT - 30 * USEC_PER_MIN), NOON + KEPT);
        assert_int_equal(due(20, KEPT - 1), NOON + KEPT);
        assert_int_equal(due(1, KEPT - 1), NOON + KEPT);
}

static void it_is_given_up_after_three_days_and_not_before(void **state)
{
        assert_int_equal(due(1, KEPT), 0);
        assert_int_equal(due(20, KEPT), 0);
        assert_int_equal(due(1, 10 * KEPT), 0);
        assert_int_not_equal(due(UINT32_MAX, KEPT - 1), 0);
}

static void a_clock_set_back_gives_nothing_up(void **state)
{
        const struct mail_retry_facts facts = {.id = 1, .queued_usec = NOON, .attempts = 1};
        uint64_t then = mail_retry_due_usec(&facts, NOON - 10 * USEC_PER_DAY);

        assert_in_range(then, NOON - 10 * USEC_PER_DAY + USEC_PER_MIN,
                        NOON - 10 * USEC_PER_DAY + 2 * USEC_PER_MIN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pauses_double_from_a_minute_to_half_an_hour),
                cmocka_unit_test(mails_of_one_moment_do_not_come_back_in_one),
                cmocka_unit_test(the_last_attempt_is_exactly_after_three_days),
                cmocka_unit_test(it_is_given_up_after_three_days_and_not_before),
                cmocka_unit_test(a_clock_set_back_gives_nothing_up),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
