/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names: taken once, changed, and never given again. */
#include "tests/store/fixture.h"

static void a_name_in_use_cannot_be_created_again(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "alice@shop.example"};
        struct tx tx = {0};
        uint32_t uid = 0;

        make_user(fixture->store, "alice@shop.example");
        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid),
                         BO_ERR_NAME_TAKEN);
        assert_int_equal(uid, 0);
        tx_end(&tx);
}

/* R43 */
static void a_name_that_was_in_use_is_dead_for_ever(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "k7m2q9xd"};
        struct tx tx = {0};
        uint32_t uid;

        make_user(fixture->store, "k7m2q9xd");
        run_sql(fixture, "UPDATE name SET retired_usec = 1 WHERE name = 'k7m2q9xd'");
        run_sql(fixture, "UPDATE account SET name = 'alice@shop.example'");
        reopen(fixture);

        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid),
                         BO_ERR_NAME_TAKEN);
        tx_end(&tx);
}

/* R42, R43 */
static void a_renamed_user_is_the_same_and_the_old_name_is_dead(void **state)
{
        struct fixture *fixture = *state;
        const struct account made = {.name = "tabokemi4729",
                                     .generated = true,
                                     .home = "/home/tabokemi4729",
                                     .shell = "/bin/bash"};
        struct account found, again = {.name = "tabokemi4729"};
        struct tx tx = {0};
        uint32_t uid, other;

        begin(&tx, fixture->store);
        assert_done(account_insert(&tx, &made, UID_FIRST, UID_LAST, &uid));
        commit(&tx);
        make_customer(fixture->store, "shop");
        give_roles(fixture->store, uid, "shop", "admin", NULL);
        begin(&tx, fixture->store);
        assert_done(account_rename(&tx, uid, "ann@shop.example"));
        commit(&tx);
        reopen(fixture);

        assert_done(account_by_name(fixture->store, "ann@shop.example", &found));
        assert_int_equal(found.uid, uid);
        assert_string_equal(found.email, "ann@shop.example");
        assert_string_equal(found.home, "/home/tabokemi4729");
        assert_true(found.verified && !found.generated);
        assert_int_equal(account_by_name(fixture->store, made.name, &found), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_name_used(fixture->store, made.name), 1);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM membership_role"
                                            " WHERE name = 'ann@shop.example'"),
                         1);

        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &again, UID_FIRST, UID_LAST, &other),
                         BO_ERR_NAME_TAKEN);
        tx_end(&tx);
}

/* R43 */
static void nobody_is_renamed_to_a_name_that_is_or_was_in_use(void **state)
{
        struct fixture *fixture = *state;
        uint32_t ann = make_user(fixture->store, "ann"), ben = make_user(fixture->store, "ben");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_rename(&tx, ann, "ann@shop.example"));
        commit(&tx);
        begin(&tx, fixture->store);
        assert_int_equal(account_rename(&tx, ben, "ann@shop.example"), BO_ERR_NAME_TAKEN);
        assert_int_equal(account_rename(&tx, ben, "ann"), BO_ERR_NAME_TAKEN);
        assert_int_equal(account_rename(&tx, ben, "ben"), BO_ERR_NAME_TAKEN);
        assert_int_equal(account_rename(&tx, 5, "cid@shop.example"), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
        assert_done(account_by_uid(fixture->store, ben, &found));
        assert_string_equal(found.name, "ben");
}

int run_name_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_name_in_use_cannot_be_created_again),
                STORE_TEST(a_name_that_was_in_use_is_dead_for_ever),
                STORE_TEST(a_renamed_user_is_the_same_and_the_old_name_is_dead),
                STORE_TEST(nobody_is_renamed_to_a_name_that_is_or_was_in_use),
        };

        return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
