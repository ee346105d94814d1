/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users: every fact comes back, and what was given once is never given again. */
#include "tests/store/fixture.h"

static void all_facts_come_back_after_reopening(void **state)
{
        struct fixture *fixture = *state;
        struct account made = {
                .name = "alice@shop.example",
                .email = "alice@shop.example",
                .full_name = "Alice of the Shop",
                .home = "/home/alice@shop.example",
                .shell = "/bin/bash",
                .verified = true,
                .is_api = true,
                .activated_usec = NOON - 1,
                .password_hash = "$argon2id$",
                .password_changed_usec = NOON - 2,
                .must_change = true,
                .last_login_usec = NOON - 3,
                .admin_reset_usec = NOON - 4,
                .idle_marked_usec = NOON - 5,
        };
        struct account found;
        struct tx tx = {0};
        uint32_t uid;

        begin(&tx, fixture->store);
        assert_done(account_insert(&tx, &made, UID_FIRST, UID_LAST, &uid));
        commit(&tx);
        reopen(fixture);

        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.uid, UID_FIRST);
        assert_string_equal(found.name, made.name);
        assert_string_equal(found.email, made.email);
        assert_string_equal(found.full_name, made.full_name);
        assert_string_equal(found.home, made.home);
        assert_string_equal(found.shell, made.shell);
        assert_true(found.verified && found.is_api && found.must_change);
        assert_false(found.otp_on);
        assert_int_equal(found.created_usec, NOON);
        assert_int_equal(found.activated_usec, NOON - 1);
        assert_int_equal(found.deactivated_usec, 0);
        assert_string_equal(found.password_hash, made.password_hash);
        assert_int_equal(found.password_changed_usec, NOON - 2);
        assert_int_equal(found.last_login_usec, NOON - 3);
        assert_int_equal(found.admin_reset_usec, NOON - 4);
        assert_int_equal(found.idle_marked_usec, NOON - 5);
}

static void a_user_is_found_by_name_and_no_other_is(void **state)
{
        struct fixture *fixture = *state;
        struct account found;
        uint32_t uid;

        make_user(fixture->store, "alice@shop.example");
        uid = make_user(fixture->store, "bob@shop.example");

        assert_done(account_by_name(fixture->store, "bob@shop.example", &found));
        assert_int_equal(found.uid, uid);
        assert_int_equal(account_by_name(fixture->store, "bob@shop.exampl", &found),
                         BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_by_uid(fixture->store, uid + 1, &found), BO_ERR_NO_SUCH_USER);
        assert_int_equal(found.uid, uid); /* untouched */
}

/* R17 */
static void uids_follow_each_other_and_skip_those_of_other_sources(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint32_t next;

        assert_int_equal(make_user(fixture->store, "a"), UID_FIRST);
        assert_done(account_next_uid(fixture->store, UID_FIRST, UID_LAST, &next));
        assert_int_equal(next, UID_FIRST + 1);

        begin(&tx, fixture->store);
        assert_done(account_skip_uid(&tx, next));
        assert_done(account_skip_uid(&tx, UID_FIRST)); /* lies behind: changes nothing */
        commit(&tx);
        reopen(fixture);

        assert_done(account_next_uid(fixture->store, UID_FIRST, UID_LAST, &next));
        assert_int_equal(next, UID_FIRST + 2);
        assert_int_equal(make_user(fixture->store, "b"), UID_FIRST + 2);
}

static void a_uid_is_not_given_again_when_its_row_has_gone(void **state)
{
        struct fixture *fixture = *state;

        assert_int_equal(make_user(fixture->store, "a"), UID_FIRST);
        run_sql(fixture, "DELETE FROM account");
        assert_int_equal(make_user(fixture->store, "b"), UID_FIRST + 1);
}

static void an_exhausted_range_is_told(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "c"};
        struct tx tx = {0};
        uint32_t uid;

        make_user(fixture->store, "a");
        make_user(fixture->store, "b");
        assert_int_equal(account_next_uid(fixture->store, UID_FIRST, UID_FIRST + 1, &uid),
                         BO_ERR_UIDS_EXHAUSTED);
        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &account, UID_FIRST, UID_FIRST + 1, &uid),
                         BO_ERR_UIDS_EXHAUSTED);
        tx_end(&tx);
}

static void deactivated_with_a_reason_until_enabled(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_deactivate(&tx, uid, "left the shop", true));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.deactivated_usec, NOON);
        assert_string_equal(found.deactivated_reason, "left the shop");
        assert_done(account_enable(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.deactivated_usec, 0);
        assert_string_equal(found.deactivated_reason, "");
        commit(&tx);
}

static void a_change_of_nobody_is_told(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_int_equal(account_deactivate(&tx, 5, "", false), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_enable(&tx, 5), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_set_full_name(&tx, 5, ""), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_set_password(&tx, 5, "h", false), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_logged_in(&tx, 5), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_admin_reset(&tx, 5), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_mark_idle(&tx, 5), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
}

static void a_full_name_is_changed(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_set_full_name(&tx, uid, "Alice"));
        commit(&tx);
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_string_equal(found.full_name, "Alice");
}

static void what_was_not_committed_is_not_there(void **state)
{
        struct fixture *fixture = *state;
        struct account found;
        struct tx tx = {0};
        uint32_t uid;

        begin(&tx, fixture->store);
        uid = add_user(&tx, "alice");
        assert_done(account_by_uid(fixture->store, uid, &found));
        tx_end(&tx);
        tx_end(&tx); /* twice is harmless */
        assert_int_equal(account_by_uid(fixture->store, uid, &found), BO_ERR_NO_SUCH_USER);
        assert_int_equal(make_user(fixture->store, "alice"), uid);
}

int run_account_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(all_facts_come_back_after_reopening),
                STORE_TEST(a_user_is_found_by_name_and_no_other_is),
                STORE_TEST(uids_follow_each_other_and_skip_those_of_other_sources),
                STORE_TEST(a_uid_is_not_given_again_when_its_row_has_gone),
                STORE_TEST(an_exhausted_range_is_told),
                STORE_TEST(deactivated_with_a_reason_until_enabled),
                STORE_TEST(a_change_of_nobody_is_told),
                STORE_TEST(a_full_name_is_changed),
                STORE_TEST(what_was_not_committed_is_not_there),
        };

        return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
