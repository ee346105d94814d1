/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An asynchronous commit does not wait for the disk, and is on it before anybody relies on it. */
#include "tests/store/fixture.h"

#include <sys/syscall.h>
#include <unistd.h>

static unsigned syncs;

/* Before the C library's: how often the engine waited for the disk. */
__attribute__((visibility("default"))) int fdatasync(int fd)
{
        syncs++;
        return (int)syscall(SYS_fdatasync, fd);
}

static void charge(struct store *store, uint32_t failures)
{
        const struct lockout_state state = {.failures = failures};
        struct tx tx = {0};

        assert_done(tx_begin_async(&tx, store, NOON));
        assert_done(lockout_save(&tx, "u:70000", &state));
        commit(&tx);
}

static uint32_t failures_in(struct store *store)
{
        struct lockout_state state;

        assert_done(lockout_load(store, "u:70000", &state));
        return state.failures;
}

/* A first commit at NOON, so that those that follow have no time to write down. */
static struct fixture *prepared(void **state)
{
        struct fixture *fixture = *state;

        make_user(fixture->store, "alice");
        syncs = 0;
        return fixture;
}

static void it_waits_for_no_disk_and_is_seen_by_all(void **state)
{
        struct fixture *fixture = prepared(state);
        struct store *other = another_connection(fixture);

        charge(fixture->store, 1);
        assert_int_equal(syncs, 0);
        assert_int_equal(failures_in(fixture->store), 1);
        assert_int_equal(failures_in(other), 1);
        assert_int_equal(number_of(fixture, "SELECT failures FROM lockout"), 1);
        store_close(other);
}

static void a_durable_commit_takes_it_along(void **state)
{
        struct fixture *fixture = prepared(state);
        struct tx tx = {0};

        charge(fixture->store, 1);
        begin(&tx, fixture->store); /* with nothing of its own to write */
        commit(&tx);
        assert_int_equal(syncs, 1);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 1);
}

static void a_durable_commit_of_another_does_as_well(void **state)
{
        struct fixture *fixture = prepared(state);
        struct store *other = another_connection(fixture);

        charge(fixture->store, 1);
        make_user(other, "bob");
        assert_int_equal(syncs, 1);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 1);
        store_close(other);
}

static void who_flushes_waits_once(void **state)
{
        struct fixture *fixture = prepared(state);

        charge(fixture->store, 1);
        charge(fixture->store, 2);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 1);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 1);
        assert_int_equal(failures_in(fixture->store), 2);
}

static void one_that_is_rolled_back_owes_nothing(void **state)
{
        struct fixture *fixture = prepared(state);
        const struct lockout_state lockout = {.failures = 1};
        struct tx tx = {0};

        assert_done(tx_begin_async(&tx, fixture->store, NOON));
        assert_done(lockout_save(&tx, "u:70000", &lockout));
        tx_end(&tx);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 0);
        assert_int_equal(failures_in(fixture->store), 0);
}

/* What may be lost with the machine: nobody waits for it, but for a charge before it they do (R38).
 */
static void a_lazy_commit_is_waited_for_by_nobody(void **state)
{
        struct fixture *fixture = prepared(state);
        const struct lockout_state lockout = {.failures = 1};
        struct tx tx = {0};

        assert_done(tx_begin_lazy(&tx, fixture->store, NOON));
        assert_done(lockout_save(&tx, "n:00", &lockout));
        commit(&tx);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 0);

        charge(fixture->store, 1);
        assert_done(tx_begin_lazy(&tx, fixture->store, NOON));
        assert_done(lockout_clear(&tx, "n:00"));
        commit(&tx);
        assert_done(store_flush(fixture->store));
        assert_int_equal(syncs, 1);
}

static void a_durable_commit_takes_a_lazy_one_along(void **state)
{
        struct fixture *fixture = prepared(state);
        const struct lockout_state lockout = {.failures = 1};
        struct tx tx = {0};

        assert_done(tx_begin_lazy(&tx, fixture->store, NOON));
        assert_done(lockout_save(&tx, "n:00", &lockout));
        commit(&tx);
        begin(&tx, fixture->store); /* with nothing of its own to write */
        commit(&tx);
        assert_int_equal(syncs, 1);
}

static void durable_commits_stay_durable_after_it(void **state)
{
        struct fixture *fixture = prepared(state);

        charge(fixture->store, 1);
        make_user(fixture->store, "bob");
        syncs = 0;
        make_user(fixture->store, "carol");
        assert_int_equal(syncs, 1);
}

static int charge_and_die(struct fixture *fixture)
{
        struct store *store = NULL;

        if (store_open(&store, fixture->where, fixture->keys) != 0)
                return __LINE__;
        charge(store, 3);
        _exit(0); /* closes nothing */
}

static void it_outlives_the_process(void **state)
{
        struct fixture *fixture = prepared(state);

        fixture->store = store_close(fixture->store);
        assert_done(in_child(charge_and_die, fixture));
        fixture->store = another_connection(fixture);
        assert_int_equal(failures_in(fixture->store), 3);
}

int run_async_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(it_waits_for_no_disk_and_is_seen_by_all),
                STORE_TEST(a_durable_commit_takes_it_along),
                STORE_TEST(a_durable_commit_of_another_does_as_well),
                STORE_TEST(who_flushes_waits_once),
                STORE_TEST(one_that_is_rolled_back_owes_nothing),
                STORE_TEST(a_lazy_commit_is_waited_for_by_nobody),
                STORE_TEST(a_durable_commit_takes_a_lazy_one_along),
                STORE_TEST(durable_commits_stay_durable_after_it),
                STORE_TEST(it_outlives_the_process),
        };

        return cmocka_run_group_tests_name("async", tests, NULL, NULL);
}
