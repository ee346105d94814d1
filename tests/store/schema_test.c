/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema comes up from every earlier version, whole or not at all. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/migrate.h"

#include <sys/stat.h>

static void remove_database(struct fixture *fixture)
{
        fixture->store = store_close(fixture->store);
        assert_done(unlink(fixture->where));
}

/* A store as a daemon left it that knew the first @version migrations. */
static void make_version(struct fixture *fixture, int version)
{
        struct store store = {.keys = fixture->keys, .in_tx = true};

        assert_done(sql_sqlite.open(&store.sql, fixture->where));
        assert_done(store.sql->driver->script(
                store.sql, "CREATE TABLE schema (version {int} NOT NULL) {strict}"));
        assert_done(migrate_to(&store, version));
        sql_close(store.sql);
}

static int64_t fingerprint(struct fixture *fixture)
{
        return number_of(fixture, "SELECT SUM(length(sql) * length(name)) + COUNT(*)"
                                  " FROM sqlite_schema");
}

static void every_earlier_version_comes_up(void **state)
{
        struct fixture *fixture = *state;
        int64_t fresh = fingerprint(fixture);

        for (int version = 0; version <= migrate_newest(); version++) {
                struct account found;
                uint64_t rows, bad;

                remove_database(fixture);
                make_version(fixture, version);
                if (version > 0)
                        assert_int_equal(number_of(fixture, "SELECT version FROM schema"), version);
                fixture->store = another_connection(fixture);
                assert_int_equal(number_of(fixture, "SELECT version FROM schema"),
                                 migrate_newest());
                assert_int_equal(fingerprint(fixture), fresh);
                make_user(fixture->store, "alice");
                assert_done(account_by_name(fixture->store, "alice", &found));
                assert_done(audit_verify(fixture->store, &rows, &bad));
        }
}

static void a_migration_that_fails_leaves_nothing(void **state)
{
        struct fixture *fixture = *state;
        struct store *store = NULL;

        remove_database(fixture);
        make_version(fixture, 1);
        run_sql(fixture, "CREATE TABLE token (in_the_way INTEGER)");
        assert_int_equal(store_open(&store, fixture->where, fixture->keys), -EIO);
        assert_null(store);
        assert_int_equal(number_of(fixture, "SELECT version FROM schema"), 1);
        assert_int_equal(
                number_of(fixture, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'account'"), 0);
        run_sql(fixture, "DROP TABLE token");
        fixture->store = another_connection(fixture);
        make_user(fixture->store, "alice");
}

static void a_newer_schema_is_refused_and_left_alone(void **state)
{
        struct fixture *fixture = *state;
        struct store *store = NULL;

        fixture->store = store_close(fixture->store);
        run_sql(fixture, "UPDATE schema SET version = version + 1");
        assert_int_equal(store_open(&store, fixture->where, fixture->keys), -EPROTONOSUPPORT);
        assert_null(store);
        assert_int_equal(number_of(fixture, "SELECT version FROM schema"), migrate_newest() + 1);
}

/* Neither in the file nor in a log: a host with a million users starts at once. */
static void opening_again_writes_nothing(void **state)
{
        struct fixture *fixture = *state;
        struct stat before, after;

        reopen(fixture);
        fixture->store = store_close(fixture->store);
        assert_done(stat(fixture->where, &before));
        fixture->store = another_connection(fixture);
        fixture->store = store_close(fixture->store);
        assert_done(stat(fixture->where, &after));
        assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
        assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
        assert_int_equal(after.st_size, before.st_size);
}

static int open_one(struct fixture *fixture, int number)
{
        struct store *store = NULL;
        int r = store_open(&store, fixture->where, fixture->keys);

        assert_true(number >= 0);
        store_close(store);
        return r == 0;
}

static void many_open_a_store_that_is_not_there_yet(void **state)
{
        struct fixture *fixture = *state;

        remove_database(fixture);
        assert_int_equal(in_threads(8, open_one, fixture), 8);
        assert_int_equal(number_of(fixture, "SELECT version FROM schema"), migrate_newest());
}

int run_schema_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(every_earlier_version_comes_up),
                STORE_TEST(a_migration_that_fails_leaves_nothing),
                STORE_TEST(a_newer_schema_is_refused_and_left_alone),
                STORE_TEST(opening_again_writes_nothing),
                STORE_TEST(many_open_a_store_that_is_not_there_yet),
        };

        return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
