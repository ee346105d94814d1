/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An old database that takes the place of the newest is found, and opens nothing that was used. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/approval.h"
#include "bo-accountd/store/copy.h"
#include "bo-accountd/store/generation.h"
#include "bo-accountd/store/mail.h"
#include "bo-accountd/store/session.h"

#include <fcntl.h>
#include <sys/stat.h>

static const unsigned char token_hash[KEYED_HASH_BYTES] = {1};
static const unsigned char code_hash[KEYED_HASH_BYTES] = {2};
static const unsigned char sealed[TOTP_SEALED_BYTES] = {3};

static void copy_file(const char *from, const char *to)
{
        char bytes[65536];
        int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ssize_t n;

        assert_true(in >= 0 && out >= 0);
        while ((n = read(in, bytes, sizeof(bytes))) > 0)
                assert_int_equal(write(out, bytes, (size_t)n), n);
        close(in);
        close(out);
}

/* Good until the next but one. */
static const char *beside(const struct fixture *fixture, const char *name)
{
        static char paths[2][128];
        static unsigned turn;
        char *path = paths[turn++ % 2];

        snprintf(path, sizeof(paths[0]), "%s/%s", fixture->dir, name);
        return path;
}

static const char *mark_path(const struct fixture *fixture)
{
        return beside(fixture, "accounts.db.mark");
}

/* While nobody has it open: then all of it is in the one file. */
static void save_copy(struct fixture *fixture)
{
        fixture->store = store_close(fixture->store);
        copy_file(fixture->where, beside(fixture, "copy"));
        fixture->store = another_connection(fixture);
}

static void put_copy_back(struct fixture *fixture)
{
        fixture->store = store_close(fixture->store);
        copy_file(beside(fixture, "copy"), fixture->where);
        fixture->store = another_connection(fixture);
}

static void append(struct store *store, const char *event)
{
        struct tx tx = {0};

        begin(&tx, store);
        assert_done(audit_append(&tx, &(struct audit_entry){.event = event,
                                                            .actor_uid = 0,
                                                            .subject_uid = AUDIT_NOBODY}));
        commit(&tx);
}

static void expect_newest(struct fixture *fixture)
{
        struct generation found;

        assert_done(generation_load(fixture->store, &found));
        assert_int_equal(found.found_usec, 0);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM audit"
                                            " WHERE event = 'database-older'"),
                         0);
}

static void expect_found(struct fixture *fixture, const char *reason)
{
        struct generation found;
        uint64_t rows, bad;

        assert_done(generation_load(fixture->store, &found));
        assert_true(found.found_usec > 0);
        assert_int_equal(found.accepted_usec, 0);
        assert_string_equal(found.reason, reason);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM audit"
                                            " WHERE event = 'database-older'"),
                         1);
        assert_done(audit_verify(fixture->store, &rows, &bad));
}

/* Somebody with all that can be used once. */
static uint32_t make_loose_ends(struct store *store)
{
        uint32_t uid = make_user(store, "alice@shop.example");
        struct token_row token = {.purpose = TOKEN_RESET, .uid = uid, .expires_usec = UINT32_MAX};
        struct approval approval = {.customer = "shop", .requester_uid = uid, .expires_usec = 1};
        struct mail_row mail = {.kind = "reset", .uid = uid, .sealed_size = 1};
        struct session session = {.uid = uid, .login = true, .leader = 1};
        struct tx tx = {0};
        uint64_t id;

        make_customer(store, "shop");
        memcpy(token.hash, token_hash, sizeof(token.hash));
        begin(&tx, store);
        assert_done(token_insert(&tx, &token));
        assert_done(approval_insert(&tx, &approval, &id));
        assert_done(mail_take_id(&tx, &mail.id));
        assert_done(mail_insert(&tx, &mail));
        assert_done(session_insert(&tx, &session));
        assert_done(recovery_insert(&tx, uid, code_hash));
        assert_done(otp_begin(&tx, uid, sealed));
        assert_done(otp_confirm(&tx, uid, sealed, 5));
        commit(&tx);
        return uid;
}

static void a_database_that_goes_on_is_the_newest(void **state)
{
        struct fixture *fixture = *state;

        reopen(fixture);
        expect_newest(fixture);
        append(fixture->store, "login-succeeded");
        assert_done(store_mark(fixture->store));
        reopen(fixture);
        append(fixture->store, "login-succeeded"); /* behind the mark: the daemon was killed */
        reopen(fixture);
        expect_newest(fixture);
        assert_done(store_mark(fixture->store));
        assert_done(store_mark(fixture->store));
        reopen(fixture);
        expect_newest(fixture);
}

static void an_old_copy_is_found_once(void **state)
{
        struct fixture *fixture = *state;

        append(fixture->store, "login-succeeded");
        save_copy(fixture);
        append(fixture->store, "login-succeeded");
        assert_done(store_mark(fixture->store));
        put_copy_back(fixture);
        expect_found(fixture, "behind");
        reopen(fixture);
        reopen(fixture);
        expect_found(fixture, "behind");
        append(fixture->store, "login-succeeded");
        assert_done(store_mark(fixture->store));
        reopen(fixture);
        expect_found(fixture, "behind");
}

static void a_copy_that_went_another_way_is_found(void **state)
{
        struct fixture *fixture = *state;

        append(fixture->store, "login-succeeded");
        save_copy(fixture);
        append(fixture->store, "login-failed");
        assert_done(store_mark(fixture->store));
        fixture->store = store_close(fixture->store);
        copy_file(mark_path(fixture), beside(fixture, "mark"));
        assert_done(unlink(mark_path(fixture)));
        put_copy_back(fixture); /* of before the first mark */
        append(fixture->store, "login-succeeded");
        append(fixture->store, "login-succeeded");
        expect_newest(fixture);
        fixture->store = store_close(fixture->store);
        copy_file(beside(fixture, "mark"), mark_path(fixture));
        fixture->store = another_connection(fixture);
        expect_found(fixture, "another");
}

static void a_lost_or_damaged_mark_is_as_bad_as_an_old_copy(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid;

        make_user(fixture->store, "alice@shop.example");
        assert_done(store_mark(fixture->store));
        fixture->store = store_close(fixture->store);
        assert_done(truncate(mark_path(fixture), 20));
        fixture->store = another_connection(fixture);
        expect_found(fixture, "unmarked");
        /* Nobody knows how many uids were given since. */
        uid = make_user(fixture->store, "bob@shop.example");
        assert_true(uid > UID_FIRST + 100);
        fixture->store = store_close(fixture->store);
        assert_done(unlink(mark_path(fixture)));
        fixture->store = another_connection(fixture);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM audit"
                                            " WHERE event = 'database-older'"),
                         2);
}

static void a_link_in_place_of_the_mark_is_no_mark(void **state)
{
        struct fixture *fixture = *state;
        struct stat facts;

        make_user(fixture->store, "alice@shop.example");
        assert_done(store_mark(fixture->store));
        fixture->store = store_close(fixture->store);
        assert_done(rename(mark_path(fixture), beside(fixture, "away")));
        assert_done(symlink("away", mark_path(fixture)));
        assert_done(symlink("none", beside(fixture, "accounts.db.mark.new")));
        fixture->store = another_connection(fixture);
        expect_found(fixture, "unmarked");
        assert_done(lstat(mark_path(fixture), &facts));
        assert_true(S_ISREG(facts.st_mode));
        assert_int_equal(access(beside(fixture, "none"), F_OK), -1);
        assert_done(unlink(beside(fixture, "away")));
}

static void a_mark_without_its_database_is_no_new_store(void **state)
{
        struct fixture *fixture = *state;
        struct store *store = NULL;

        assert_done(store_mark(fixture->store));
        fixture->store = store_close(fixture->store);
        assert_done(unlink(fixture->where));
        assert_int_equal(store_open(&store, fixture->where, fixture->keys), -EIO);
        assert_int_equal(access(fixture->where, F_OK), -1);
}

static void an_old_copy_opens_nothing_that_was_open_in_it(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_loose_ends(fixture->store), left = 9;
        uint64_t now_step = clock_realtime_usec() / (30 * USEC_PER_SEC);
        struct token_row token;
        struct otp otp;

        save_copy(fixture);
        append(fixture->store, "login-succeeded");
        assert_done(store_mark(fixture->store));
        put_copy_back(fixture);
        assert_done(token_load(fixture->store, token_hash, &token));
        assert_true(token.used_usec > 0);
        assert_done(recovery_left(fixture->store, uid, &left));
        assert_int_equal(left, 0);
        assert_done(otp_load(fixture->store, uid, &otp));
        assert_true(otp.confirmed);
        assert_true(otp.last_step > now_step);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM approval WHERE status = 0"), 0);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM mail"), 0);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM session WHERE closed_usec = 0"),
                         0);
}

/* bo makes no trigger: whoever has put one into a copy wants to keep something open. */
static void triggers_of_a_copy_do_nothing(void **state)
{
        struct fixture *fixture = *state;

        run_sql(fixture, "CREATE TRIGGER keep BEFORE UPDATE ON token"
                         " BEGIN SELECT RAISE(IGNORE); END");
        run_sql(fixture, "CREATE TRIGGER keep_too BEFORE DELETE ON mail"
                         " BEGIN SELECT RAISE(IGNORE); END");
        an_old_copy_opens_nothing_that_was_open_in_it(state);
}

/* The files of who had it are still there. */
static void no_uid_is_given_twice_behind_an_old_copy(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid;

        make_user(fixture->store, "alice@shop.example");
        make_customer(fixture->store, "shop");
        save_copy(fixture);
        uid = make_user(fixture->store, "bob@shop.example");
        make_customer(fixture->store, "other");
        assert_done(store_mark(fixture->store));
        put_copy_back(fixture);
        /* Nor those of the seconds that the mark does not know. */
        assert_int_equal(make_user(fixture->store, "carol@shop.example"), uid + 101);
        make_customer(fixture->store, "third");
        assert_int_equal(number_of(fixture, "SELECT gid FROM customer WHERE id = 'third'"),
                         GID_FIRST + 1 + 101);
}

static void a_copy_put_in_place_under_a_running_store_gets_no_mark(void **state)
{
        struct fixture *fixture = *state;

        save_copy(fixture);
        append(fixture->store, "login-succeeded");
        assert_done(store_mark(fixture->store));
        /* As the next connection would see it. */
        run_sql(fixture, "UPDATE counter SET value = 0 WHERE name = 'session'");
        run_sql(fixture, "UPDATE counter SET value = value - 1 WHERE name = 'nss-generation'");
        assert_int_equal(store_mark(fixture->store), -ESTALE);
        reopen(fixture);
        expect_found(fixture, "behind");
}

static void what_was_found_is_accepted_once(void **state)
{
        struct fixture *fixture = *state;
        struct generation found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_int_equal(generation_accept(&tx), -ENODATA);
        tx_end(&tx);
        an_old_copy_is_found_once(state);
        begin(&tx, fixture->store);
        assert_done(generation_accept(&tx));
        assert_int_equal(generation_accept(&tx), -ENODATA);
        commit(&tx);
        assert_done(generation_load(fixture->store, &found));
        assert_true(found.accepted_usec > 0);
        assert_true(found.mark_sequence > found.sequence);
}

/* A commit that does not wait for the disk may be lost with the machine; the mark would tell that
 * as an old copy. */
static void the_mark_knows_nothing_that_is_not_on_the_disk(void **state)
{
        struct fixture *fixture = *state;
        int64_t flushes = number_of(fixture, "SELECT high_usec FROM clock_epoch");
        struct tx tx = {0};

        assert_done(tx_begin_lazy(&tx, fixture->store, NOON));
        assert_done(audit_append(&tx, &(struct audit_entry){.event = "session-opened",
                                                            .actor_uid = 0,
                                                            .subject_uid = AUDIT_NOBODY}));
        assert_done(tx_commit(&tx));
        assert_int_equal(number_of(fixture, "SELECT high_usec FROM clock_epoch"), flushes);
        assert_done(store_mark(fixture->store));
        assert_true(number_of(fixture, "SELECT high_usec FROM clock_epoch") > flushes);
}

static void a_copy_of_a_newer_bo_is_refused(void **state)
{
        struct fixture *fixture = *state;
        _cleanup_(store_closep) struct store *copied = NULL;
        uint32_t schema = 0;

        save_copy(fixture);
        engine->run(beside(fixture, "copy"), "UPDATE schema SET version = version + 1");
        assert_done(store_open_copy(&copied, beside(fixture, "copy"), fixture->keys));
        assert_done(store_examine(copied));
        assert_int_equal(store_schema(copied, &schema), -EPROTONOSUPPORT);
        assert_done(store_schema(fixture->store, &schema));
}

int run_generation_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_database_that_goes_on_is_the_newest),
                STORE_TEST(an_old_copy_is_found_once),
                STORE_TEST(a_copy_that_went_another_way_is_found),
                STORE_TEST(a_lost_or_damaged_mark_is_as_bad_as_an_old_copy),
                STORE_TEST(a_link_in_place_of_the_mark_is_no_mark),
                STORE_TEST(a_mark_without_its_database_is_no_new_store),
                STORE_TEST(an_old_copy_opens_nothing_that_was_open_in_it),
                STORE_TEST(triggers_of_a_copy_do_nothing),
                STORE_TEST(no_uid_is_given_twice_behind_an_old_copy),
                STORE_TEST(a_copy_put_in_place_under_a_running_store_gets_no_mark),
                STORE_TEST(what_was_found_is_accepted_once),
                STORE_TEST(a_copy_of_a_newer_bo_is_refused),
                STORE_TEST(the_mark_knows_nothing_that_is_not_on_the_disk),
        };

        return cmocka_run_group_tests_name("generation", tests, NULL, NULL);
}
