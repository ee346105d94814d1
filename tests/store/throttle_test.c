/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How often something was asked for: kept by hash, bounded, dropped when it has drained. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/throttle.h"

static uint64_t drained_of(struct store *store, const char *subject)
{
        uint64_t drained_usec = 1;

        assert_done(throttle_load(store, subject, &drained_usec));
        return drained_usec;
}

static void a_bucket_comes_back(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        assert_int_equal(drained_of(fixture->store, "a:1"), 0);
        begin(&tx, fixture->store);
        assert_done(throttle_save(&tx, "a:1", NOON + 1));
        assert_done(throttle_save(&tx, "a:1", NOON + 2));
        assert_done(throttle_save(&tx, "s:1", NOON + 3));
        commit(&tx);
        reopen(fixture);
        assert_int_equal(drained_of(fixture->store, "a:1"), NOON + 2);
        assert_int_equal(drained_of(fixture->store, "s:1"), NOON + 3);
}

static void subjects_are_hashed_apart_by_kind(void **state)
{
        struct fixture *fixture = *state;
        char one[THROTTLE_SUBJECT_SIZE], two[THROTTLE_SUBJECT_SIZE], other[THROTTLE_SUBJECT_SIZE];

        throttle_subject(one, 'a', "alice", fixture->keys);
        throttle_subject(two, 's', "alice", fixture->keys);
        throttle_subject(other, 'a', "bob", fixture->keys);
        assert_int_equal(strlen(one), 2 + 2 * KEYED_HASH_BYTES);
        assert_null(strstr(one, "alice"));
        assert_string_not_equal(one, two);
        assert_string_equal(one + 2, two + 2);
        assert_string_not_equal(one, other);
}

static void drained_buckets_are_swept_and_no_others(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(throttle_save(&tx, "a:1", NOON));
        assert_done(throttle_save(&tx, "a:2", NOON + 1));
        assert_done(throttle_sweep(&tx, NOON + 1));
        commit(&tx);
        assert_int_equal(drained_of(fixture->store, "a:1"), 0);
        assert_int_equal(drained_of(fixture->store, "a:2"), NOON + 1);
        assert_int_equal(number_of(fixture, "SELECT value FROM counter WHERE name = 'throttle'"),
                         1);
}

static void a_flood_drops_those_that_drain_first(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(throttle_save(&tx, "a:1", NOON + 1));
        assert_done(throttle_save(&tx, "a:2", NOON + 2));
        commit(&tx);
        /* As many as there may be, said rather than written. */
        run_sql(fixture, "UPDATE counter SET value = 100000 WHERE name = 'throttle'");
        begin(&tx, fixture->store);
        assert_done(throttle_save(&tx, "a:3", NOON + 3));
        commit(&tx);
        assert_int_equal(drained_of(fixture->store, "a:1"), 0);
        assert_int_equal(drained_of(fixture->store, "a:2"), NOON + 2);
        assert_int_equal(drained_of(fixture->store, "a:3"), NOON + 3);
        assert_int_equal(number_of(fixture, "SELECT value FROM counter WHERE name = 'throttle'"),
                         100000);
}

int run_throttle_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_bucket_comes_back),
                STORE_TEST(subjects_are_hashed_apart_by_kind),
                STORE_TEST(drained_buckets_are_swept_and_no_others),
                STORE_TEST(a_flood_drops_those_that_drain_first),
        };

        return cmocka_run_group_tests_name("throttle", tests, NULL, NULL);
}
