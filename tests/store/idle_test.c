/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users not seen for long, and passwords that grow old. */
#include "tests/store/fixture.h"

/* R40 */
static void a_login_and_an_administrators_reset_end_idleness(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_mark_idle(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.idle_marked_usec, NOON);
        assert_done(account_logged_in(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.idle_marked_usec, 0);
        assert_int_equal(found.last_login_usec, NOON);
        assert_int_equal(found.active_epoch, tx.clock_epoch);

        assert_done(account_mark_idle(&tx, uid));
        assert_done(account_admin_reset(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.idle_marked_usec, 0);
        assert_int_equal(found.admin_reset_usec, NOON);
        commit(&tx);
}

/* That @list, up to @before_usec, has these uids. */
static void expect(int (*list)(struct store *store, uint64_t before_usec, uint32_t limit,
                               uint32_t **ret_uids, size_t *ret_n),
                   struct store *store, uint64_t before_usec, uint32_t limit,
                   const uint32_t *expected, size_t n_expected)
{
        uint32_t *uids = NULL;
        size_t n = 99;

        assert_done(list(store, before_usec, limit, &uids, &n));
        assert_int_equal(n, n_expected);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(uids[i], expected[i]);
        free(uids);
}

/* R40: counted from the latest of activation, login and administrator's reset. */
static void the_quiet_are_those_not_seen_for_long(void **state)
{
        struct fixture *fixture = *state;
        const uint32_t a = UID_FIRST, b = a + 1, c = a + 2, d = a + 3, all[] = {a, b, c};
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (int i = 0; i < 5; i++) { /* e is never activated, d deactivated */
                add_user(&tx, (const char *const[]){"a", "b", "c", "d", "e"}[i]);
                if (i < 4)
                        assert_done(account_set_password(&tx, UID_FIRST + (uint32_t)i, "h", false));
        }
        assert_done(account_deactivate(&tx, d, "", false));
        commit(&tx);
        expect(account_quiet, fixture->store, NOON - 1, 9, NULL, 0);
        expect(account_quiet, fixture->store, NOON, 9, all, 3);
        expect(account_quiet, fixture->store, NOON, 2, all, 2);

        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_done(account_logged_in(&tx, a));
        assert_done(account_admin_reset(&tx, b));
        assert_done(account_set_password(&tx, c, "h2", false)); /* is no sign of life */
        commit(&tx);
        expect(account_quiet, fixture->store, NOON + 4, 9, &c, 1);
        expect(account_quiet, fixture->store, NOON + 5, 9, (const uint32_t[]){c, a, b}, 3);

        begin(&tx, fixture->store);
        assert_done(account_mark_idle(&tx, c));
        commit(&tx);
        expect(account_quiet, fixture->store, NOON + 5, 9, all, 2);
}

/* R3: once for each password; who has been told is not read again. */
static void the_aging_are_those_whose_password_is_old_until_they_are_told(void **state)
{
        struct fixture *fixture = *state;
        const uint32_t a = UID_FIRST, b = a + 1, c = a + 2, all[] = {a, b};
        struct tx tx = {0};

        make_user(fixture->store, "a");
        make_user(fixture->store, "b");
        make_user(fixture->store, "c"); /* to be deactivated */
        make_user(fixture->store, "d"); /* never activated */
        make_api_user(fixture->store, "e");
        begin(&tx, fixture->store);
        for (uint32_t i = 0; i < 5; i++)
                if (i != 3)
                        assert_done(account_set_password(&tx, a + i, "h", false));
        assert_done(account_deactivate(&tx, c, "", false));
        commit(&tx);
        expect(account_aging, fixture->store, NOON - 1, 9, NULL, 0);
        expect(account_aging, fixture->store, NOON, 9, all, 2);
        expect(account_aging, fixture->store, NOON, 1, all, 1);

        begin(&tx, fixture->store);
        assert_done(account_expiry_told(&tx, a));
        assert_int_equal(account_expiry_told(&tx, UID_LAST), BO_ERR_NO_SUCH_USER);
        commit(&tx);
        expect(account_aging, fixture->store, NOON, 9, &b, 1);

        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_done(account_set_password(&tx, a, "h2", false));
        commit(&tx);
        expect(account_aging, fixture->store, NOON + 4, 9, &b, 1);
        expect(account_aging, fixture->store, NOON + 5, 9, (const uint32_t[]){b, a}, 2);
}

/* R5: of programs, whose passwords never expire. */
static void the_aged_are_programs_in_use_the_oldest_password_first(void **state)
{
        struct fixture *fixture = *state;
        const uint32_t a = UID_FIRST, b = a + 1, c = a + 2, aged[] = {a, b};
        struct tx tx = {0};

        make_api_user(fixture->store, "a");
        make_api_user(fixture->store, "b");
        make_api_user(fixture->store, "c"); /* to be deactivated */
        make_api_user(fixture->store, "d"); /* has none */
        make_user(fixture->store, "e");
        for (uint32_t i = 0; i < 5; i++) {
                assert_done(tx_begin_write(&tx, fixture->store, NOON + i));
                if (i != 3)
                        assert_done(account_set_password(&tx, a + i, "h", false));
                if (i == 2)
                        assert_done(account_deactivate(&tx, c, "", false));
                commit(&tx);
        }
        expect(account_api_aged, fixture->store, NOON - 1, 9, NULL, 0);
        expect(account_api_aged, fixture->store, NOON, 9, aged, 1);
        expect(account_api_aged, fixture->store, NOON + 9, 9, aged, 2);
        expect(account_api_aged, fixture->store, NOON + 9, 1, aged, 1);
}

int run_idle_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_login_and_an_administrators_reset_end_idleness),
                STORE_TEST(the_quiet_are_those_not_seen_for_long),
                STORE_TEST(the_aged_are_programs_in_use_the_oldest_password_first),
                STORE_TEST(the_aging_are_those_whose_password_is_old_until_they_are_told),
        };

        return cmocka_run_group_tests_name("idle", tests, NULL, NULL);
}
