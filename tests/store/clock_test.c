/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A clock that was set back opens nothing. */
#include "tests/store/fixture.h"

static uint64_t high_since(struct tx *tx, int64_t epoch)
{
        uint64_t high;

        assert_done(tx_high_since(tx, epoch, &high));
        return high;
}

static void pass(struct store *store, uint64_t clock_usec)
{
        struct tx tx = {0};

        assert_done(tx_begin_write(&tx, store, clock_usec));
        commit(&tx);
}

static void time_goes_on_with_the_clock(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON);
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_int_equal(tx.now_usec, NOON + 5);
        assert_int_equal(tx.clock_epoch, 1);
        assert_int_equal(high_since(&tx, 1), NOON + 5);
        commit(&tx);
}

static void time_stands_still_while_a_clock_catches_up(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON);
        reopen(fixture);
        assert_done(tx_begin_write(&tx, fixture->store, NOON - 60 * USEC_PER_SEC + 1));
        assert_int_equal(tx.now_usec, NOON);
        assert_int_equal(tx.clock_epoch, 1);
        commit(&tx);
        assert_done(tx_begin_read(&tx, fixture->store, NOON - USEC_PER_SEC));
        assert_int_equal(tx.now_usec, NOON);
        tx_end(&tx);
}

static int count(void *userdata, const struct audit_row *row)
{
        assert_string_equal(row->event, "clock-set-back");
        assert_string_equal(row->detail, "by_sec=3600");
        (*(int *)userdata)++;
        return 0;
}

static void a_larger_set_back_begins_an_epoch_and_is_audited_once(void **state)
{
        struct fixture *fixture = *state;
        uint64_t earlier = NOON - USEC_PER_HOUR;
        struct tx tx = {0};
        int audited = 0;

        pass(fixture->store, NOON);
        assert_done(tx_begin_write(&tx, fixture->store, earlier));
        assert_int_equal(tx.now_usec, earlier);
        assert_int_equal(tx.clock_epoch, 2);
        assert_int_equal(high_since(&tx, 1), NOON);
        assert_int_equal(high_since(&tx, 2), earlier);
        commit(&tx);
        pass(fixture->store, earlier + 5);
        assert_done(audit_list(fixture->store, 0, AUDIT_NOBODY, NULL, 9, count, &audited));
        assert_int_equal(audited, 1);
}

static void exactly_a_minute_back_is_a_new_epoch(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON);
        assert_done(tx_begin_write(&tx, fixture->store, NOON - 60 * USEC_PER_SEC));
        assert_int_equal(tx.clock_epoch, 2);
        commit(&tx);
}

static void a_reader_sees_the_high_mark_though_he_writes_none(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON);
        assert_done(tx_begin_read(&tx, fixture->store, NOON - USEC_PER_DAY));
        assert_int_equal(tx.now_usec, NOON - USEC_PER_DAY);
        assert_int_equal(high_since(&tx, 1), NOON);
        assert_done(tx_commit(&tx));
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM clock_epoch"), 1);
}

/* Back, and back again: what was born before the first is judged by the latest of all. */
static void the_latest_of_several_epochs_counts(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON + USEC_PER_DAY);
        pass(fixture->store, NOON);
        pass(fixture->store, NOON + USEC_PER_HOUR);
        assert_done(tx_begin_write(&tx, fixture->store, NOON));
        assert_int_equal(tx.clock_epoch, 3);
        assert_int_equal(high_since(&tx, 1), NOON + USEC_PER_DAY);
        assert_int_equal(high_since(&tx, 2), NOON + USEC_PER_HOUR);
        assert_int_equal(high_since(&tx, 3), NOON);
        commit(&tx);
}

static void a_set_back_that_was_not_committed_is_found_again(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON);
        assert_done(tx_begin_write(&tx, fixture->store, NOON - USEC_PER_DAY));
        tx_end(&tx);
        assert_done(tx_begin_write(&tx, fixture->store, NOON - USEC_PER_DAY));
        assert_int_equal(tx.clock_epoch, 2);
        tx_end(&tx);
}

static void the_operator_has_the_last_word(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        pass(fixture->store, NOON + 365 * USEC_PER_DAY); /* the clock ran wild */
        assert_done(tx_begin_write(&tx, fixture->store, NOON));
        assert_int_equal(high_since(&tx, 1), NOON + 365 * USEC_PER_DAY);
        assert_done(tx_accept_clock(&tx));
        assert_int_equal(tx.now_usec, NOON);
        assert_int_equal(high_since(&tx, 1), NOON);
        commit(&tx);
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 1));
        assert_int_equal(high_since(&tx, 1), NOON + 1);
        commit(&tx);
}

int run_clock_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(time_goes_on_with_the_clock),
                STORE_TEST(time_stands_still_while_a_clock_catches_up),
                STORE_TEST(a_larger_set_back_begins_an_epoch_and_is_audited_once),
                STORE_TEST(exactly_a_minute_back_is_a_new_epoch),
                STORE_TEST(a_reader_sees_the_high_mark_though_he_writes_none),
                STORE_TEST(the_latest_of_several_epochs_counts),
                STORE_TEST(a_set_back_that_was_not_committed_is_found_again),
                STORE_TEST(the_operator_has_the_last_word),
        };

        return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
