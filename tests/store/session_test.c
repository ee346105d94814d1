/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions: who is in, who was last, and whose have to end. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/session.h"

#define BOOT "0123456789abcdef0123456789abcdef"

static struct session session_of(uint32_t uid, const char *service, uint32_t leader)
{
        struct session session = {.uid = uid, .login = true, .leader = leader};

        snprintf(session.service, sizeof(session.service), "%s", service);
        snprintf(session.rhost, sizeof(session.rhost), "192.0.2.7");
        snprintf(session.tty, sizeof(session.tty), "pts/%u", leader);
        snprintf(session.factors, sizeof(session.factors), "password");
        snprintf(session.boot, sizeof(session.boot), BOOT);
        return session;
}

static int64_t open_at(struct store *store, struct session session, uint64_t at_usec)
{
        struct tx tx = {0};

        assert_done(tx_begin_lazy(&tx, store, at_usec));
        assert_done(session_insert(&tx, &session));
        commit(&tx);
        return session.id;
}

static int close_at(struct store *store, int64_t id, uint64_t at_usec)
{
        struct tx tx = {0};
        int r;

        assert_done(tx_begin_lazy(&tx, store, at_usec));
        r = session_close(&tx, id);
        commit(&tx);
        return r;
}

static int note_id(void *userdata, const struct session *session)
{
        char *ids = userdata;

        sprintf(ids + strlen(ids), "%d ", (int)session->id);
        return 0;
}

static void expect_list(struct store *store, struct session_filter filter, const char *expected)
{
        char ids[256] = "";

        if (filter.limit == 0)
                filter.limit = 10;
        assert_done(session_list(store, &filter, note_id, ids));
        assert_string_equal(ids, expected);
}

static void a_session_comes_back_as_it_was_opened(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        int64_t id = open_at(fixture->store, session_of(uid, "sshd", 4711), NOON + 5);
        struct session found;

        reopen(fixture);
        assert_done(session_last_login(fixture->store, uid, &found));
        assert_int_equal(found.id, id);
        assert_int_equal(found.uid, uid);
        assert_string_equal(found.user, "alice");
        assert_string_equal(found.service, "sshd");
        assert_string_equal(found.rhost, "192.0.2.7");
        assert_string_equal(found.tty, "pts/4711");
        assert_string_equal(found.factors, "password");
        assert_string_equal(found.boot, BOOT);
        assert_int_equal(found.leader, 4711);
        assert_int_equal(found.opened_usec, NOON + 5);
        assert_int_equal(found.closed_usec, 0);
}

static void the_one_that_the_process_opened_is_closed(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        int64_t found, first = open_at(fixture->store, session_of(uid, "sshd", 1001), NOON);
        int64_t second = open_at(fixture->store, session_of(uid, "sshd", 1002), NOON);

        assert_done(session_find_open(fixture->store, uid, "sshd", BOOT, 1001, "", &found));
        assert_int_equal(found, first);
        /* Another process, at the same terminal. */
        assert_done(session_find_open(fixture->store, uid, "sshd", BOOT, 9, "pts/1002", &found));
        assert_int_equal(found, second);
        /* Neither, nor another service, nor another boot. */
        assert_int_equal(session_find_open(fixture->store, uid, "sshd", BOOT, 9, "", &found),
                         -ENODATA);
        assert_int_equal(session_find_open(fixture->store, uid, "su", BOOT, 1001, "", &found),
                         -ENODATA);
        assert_int_equal(session_find_open(fixture->store, uid, "sshd", "other", 1001, "", &found),
                         -ENODATA);

        assert_done(close_at(fixture->store, first, NOON + 7));
        assert_int_equal(close_at(fixture->store, first, NOON + 8), -ENODATA);
        assert_int_equal(session_find_open(fixture->store, uid, "sshd", BOOT, 1001, "", &found),
                         -ENODATA);
        assert_int_equal(number_of(fixture, "SELECT closed_usec FROM session WHERE id = 1"),
                         (int64_t)NOON + 7);
}

static void last_login_is_the_newest_by_which_somebody_came_in(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct session su = session_of(uid, "su", 3), found;
        int64_t login;

        assert_int_equal(session_last_login(fixture->store, uid, &found), -ENODATA);
        open_at(fixture->store, session_of(uid, "sshd", 1), NOON);
        login = open_at(fixture->store, session_of(uid, "login", 2), NOON + 1);
        su.login = false;
        open_at(fixture->store, su, NOON + 2);
        open_at(fixture->store, session_of(make_user(fixture->store, "bob"), "sshd", 4), NOON + 3);
        assert_done(session_last_login(fixture->store, uid, &found));
        assert_int_equal(found.id, login);
}

static void lists_are_newest_first_and_narrowed(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), bob = make_user(fixture->store, "bob");

        open_at(fixture->store, session_of(alice, "sshd", 1), NOON);
        open_at(fixture->store, session_of(bob, "sshd", 2), NOON);
        open_at(fixture->store, session_of(alice, "sshd", 3), NOON);
        assert_done(close_at(fixture->store, 1, NOON + 1));
        expect_list(fixture->store, (struct session_filter){0}, "3 2 1 ");
        expect_list(fixture->store, (struct session_filter){.limit = 2}, "3 2 ");
        expect_list(fixture->store, (struct session_filter){.before = 2}, "1 ");
        expect_list(fixture->store, (struct session_filter){.open = true}, "3 2 ");
        expect_list(fixture->store, (struct session_filter){.of_user = true, .uid = alice}, "3 1 ");
        expect_list(fixture->store,
                    (struct session_filter){.of_user = true, .uid = alice, .open = true}, "3 ");
}

static void what_ended_long_ago_is_swept_and_what_is_open_stays(void **state)
{
        struct fixture *fixture = *state;
        uint32_t n, uid = make_user(fixture->store, "alice");
        struct tx tx = {0};

        for (uint32_t i = 1; i <= 4; i++)
                open_at(fixture->store, session_of(uid, "sshd", i), NOON);
        assert_done(close_at(fixture->store, 1, NOON + 1));
        assert_done(close_at(fixture->store, 2, NOON + 2));
        assert_done(close_at(fixture->store, 4, NOON + 1));
        begin(&tx, fixture->store);
        assert_done(session_sweep(&tx, NOON + 2, 3, &n));
        assert_int_equal(n, 1);
        assert_done(session_sweep(&tx, NOON + 2, 3, &n));
        assert_int_equal(n, 1);
        commit(&tx);
        expect_list(fixture->store, (struct session_filter){0}, "3 2 ");
}

static void end_sessions(struct store *store, uint32_t uid, uint64_t at_usec)
{
        struct tx tx = {0};

        assert_done(tx_begin_write(&tx, store, at_usec));
        assert_done(session_must_end(&tx, uid));
        commit(&tx);
}

static int ended(struct store *store, uint32_t uid, uint64_t since_usec)
{
        struct tx tx = {0};
        int r;

        assert_done(tx_begin_write(&tx, store, NOON + 100));
        r = session_ended(&tx, uid, since_usec);
        commit(&tx);
        return r;
}

static void an_ending_is_kept_until_it_is_done(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), bob = make_user(fixture->store, "bob");
        struct session_ending endings[4];
        size_t n;

        open_at(fixture->store, session_of(alice, "sshd", 1), NOON);
        open_at(fixture->store, session_of(bob, "sshd", 2), NOON);
        open_at(fixture->store, session_of(alice, "sshd", 3), NOON + 20);
        assert_false(store_take_endings(fixture->store));
        end_sessions(fixture->store, bob, NOON + 5);
        end_sessions(fixture->store, alice, NOON + 1);
        end_sessions(fixture->store, alice, NOON + 10);
        assert_true(store_take_endings(fixture->store));
        assert_false(store_take_endings(fixture->store));

        reopen(fixture);
        assert_done(session_endings(fixture->store, endings, ELEMENTS(endings), &n));
        assert_int_equal(n, 2);
        assert_int_equal(endings[0].uid, alice);
        assert_int_equal(endings[0].since_usec, NOON + 10);
        assert_int_equal(endings[1].uid, bob);
        assert_done(session_endings(fixture->store, endings, 1, &n));
        assert_int_equal(n, 1);
        assert_int_equal(endings[0].uid, alice);

        /* One that was asked for before does not settle the one that was asked for since. */
        assert_int_equal(ended(fixture->store, alice, NOON + 1), -ENODATA);
        assert_done(ended(fixture->store, alice, NOON + 10));
        assert_done(session_endings(fixture->store, endings, ELEMENTS(endings), &n));
        assert_int_equal(n, 1);
        assert_int_equal(endings[0].uid, bob);
        /* His session stays, and hers of later. */
        expect_list(fixture->store, (struct session_filter){.open = true}, "3 2 ");
}

static void one_that_is_rolled_back_wakes_nobody(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(session_must_end(&tx, uid));
        tx_end(&tx);
        assert_false(store_take_endings(fixture->store));
}

int run_session_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_session_comes_back_as_it_was_opened),
                STORE_TEST(the_one_that_the_process_opened_is_closed),
                STORE_TEST(last_login_is_the_newest_by_which_somebody_came_in),
                STORE_TEST(lists_are_newest_first_and_narrowed),
                STORE_TEST(what_ended_long_ago_is_swept_and_what_is_open_stays),
                STORE_TEST(an_ending_is_kept_until_it_is_done),
                STORE_TEST(one_that_is_rolled_back_wakes_nobody),
        };

        return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
