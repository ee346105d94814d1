/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The schema comes up from every earlier version, whole or not at all. */
#include "tests/store/fixture.h"

#include "bo-accountd/policy/name.h"
#include "bo-accountd/store/migrate.h"
#include "bo-accountd/store/session.h"

#include <sys/stat.h>

static void remove_database(struct fixture *fixture)
{
        fixture->store = store_close(fixture->store);
        assert_done(unlink(fixture->where));
}

/* As a daemon leaves it that knows the first @version migrations. */
static void come_up_to(struct fixture *fixture, int version)
{
        struct store store = {.keys = fixture->keys, .in_tx = true};

        assert_done(sql_sqlite.open(&store.sql, fixture->where));
        assert_done(store.sql->driver->script(
                store.sql, "CREATE TABLE IF NOT EXISTS schema (version {int} NOT NULL) {strict}"));
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
                come_up_to(fixture, version);
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

#define RELEASED 5 /* migrations, in the first release */

/* Behind the store's back: alice is a member of shop and cafe, and NSS has been told. */
static void populate_released(struct fixture *fixture)
{
        run_sql(fixture, "INSERT INTO unix_group (gid, name) VALUES (66001, 'bo-c-shop'),"
                         " (66002, 'bo-c-cafe'), (66003, 'bo-encoder')");
        run_sql(fixture, "INSERT INTO customer (id, alias, created_usec, gid)"
                         " VALUES ('shop', 'Shop', 1, 66001), ('cafe', '', 1, 66002)");
        run_sql(fixture,
                "INSERT INTO account (uid, name, email, full_name, home, shell, is_api, verified,"
                " created_usec, activated_usec, deactivated_usec, deactivated_reason,"
                " password_hash, password_changed_usec, must_change, credential_epoch,"
                " last_login_usec, admin_reset_usec, idle_marked_usec, active_epoch)"
                " VALUES (70001, 'alice@shop.example', 'alice@shop.example', 'Alice \xc3\x98STBY',"
                " '/home/alice', '/bin/sh', 0, 1, 1, 1, 0, '', '', 1, 0, 1, 1, 0, 0, 0)");
        run_sql(fixture, "INSERT INTO name (name, uid, retired_usec) VALUES ('alice@shop.example', "
                         "70001, 0)");
        run_sql(fixture, "INSERT INTO membership (uid, customer, name, created_usec) VALUES"
                         " (70001, 'shop', 'alice@shop.example', 1),"
                         " (70001, 'cafe', 'alice@shop.example', 2)");
        run_sql(fixture, "INSERT INTO membership_role (uid, customer, role, name) VALUES"
                         " (70001, 'shop', 'encoder', 'alice@shop.example')");
        run_sql(fixture, "UPDATE counter SET value = 7 WHERE name LIKE 'nss-%'");
}

static void come_up_from_the_release(struct fixture *fixture)
{
        remove_database(fixture);
        come_up_to(fixture, RELEASED);
        populate_released(fixture);
        fixture->store = another_connection(fixture);
}

static int count(void *userdata, const struct account *account)
{
        assert_int_equal(account->uid, 70001);
        ++*(int *)userdata;
        return 0;
}

static int found_by(struct fixture *fixture, const char *search)
{
        const struct account_filter filter = {.kind = -1, .limit = 9, .search = search};
        int n = 0;

        assert_done(account_list(fixture->store, &filter, count, &n, NULL));
        return n;
}

static void test_R15_who_was_there_before_the_index_is_found(void **state)
{
        struct fixture *fixture = *state;

        come_up_from_the_release(fixture);
        assert_int_equal(found_by(fixture, "ALICE@"), 1);
        assert_int_equal(found_by(fixture, "\xc3\xb8stby"), 1); /* in small letters */
        assert_int_equal(found_by(fixture, "\xc3\x98STBY"), 1);
        assert_int_equal(found_by(fixture, "bob"), 0);
}

static void test_R50_a_base_of_the_release_is_written_anew(void **state)
{
        struct fixture *fixture = *state;
        struct account alice;
        struct nss_state nss;
        char acting[CUSTOMER_ID_SIZE];

        come_up_from_the_release(fixture);
        assert_done(account_by_uid(fixture->store, 70001, &alice));
        assert_done(member_acting(fixture->store, &alice, acting));
        assert_string_equal(acting, "cafe");
        /* It has the groups of shop as well: it is no base for the host, bound or not. */
        assert_done(nss_state(fixture->store, &nss));
        assert_false(name_is_customer_id(nss.host) || nss.host[0] == '\0');
}

#define WITH_PLACES 9 /* migrations, when members had a status and customers had places */

static void what_must_end_stays_so_and_can_be_made_to(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        remove_database(fixture);
        come_up_to(fixture, RELEASED);
        populate_released(fixture);
        come_up_to(fixture, WITH_PLACES);
        run_sql(fixture, "INSERT INTO session_ending (uid, since_usec, firm) VALUES (70001, 1, 1)");
        fixture->store = another_connection(fixture);
        assert_int_equal(number_of(fixture, "SELECT firm FROM session_ending"), 1);
        assert_done(tx_begin_write(&tx, fixture->store, NOON));
        assert_done(session_must_end_firmly(&tx, 70001));
        assert_done(tx_commit(&tx));
        tx_end(&tx);
        assert_int_equal(number_of(fixture, "SELECT firm FROM session_ending"), 2);
}

static void a_migration_that_fails_leaves_nothing(void **state)
{
        struct fixture *fixture = *state;
        struct store *store = NULL;

        remove_database(fixture);
        come_up_to(fixture, 1);
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
                STORE_TEST(test_R15_who_was_there_before_the_index_is_found),
                STORE_TEST(test_R50_a_base_of_the_release_is_written_anew),
                STORE_TEST(what_must_end_stays_so_and_can_be_made_to),
                STORE_TEST(a_migration_that_fails_leaves_nothing),
                STORE_TEST(a_newer_schema_is_refused_and_left_alone),
                STORE_TEST(opening_again_writes_nothing),
                STORE_TEST(many_open_a_store_that_is_not_there_yet),
        };

        return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
