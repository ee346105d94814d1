/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R66, R77, R78: one key a user, one token an approval, and what is deleted is gone. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/api_key.h"

/* BO_ERR_* or 0; committed if it was done. */
static int add(struct fixture *fixture, const char *prefix, uint32_t uid, int64_t approval)
{
        struct api_key_row row = {.uid = uid, .approval = approval, .created_by = 7, .hash = {1}};
        struct tx tx = {0};
        int r;

        snprintf(row.prefix, sizeof(row.prefix), "%s", prefix);
        begin(&tx, fixture->store);
        r = api_key_insert(&tx, &row);
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

static void a_key_comes_back_by_its_prefix_and_by_its_user(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct api_key_row row, again;

        assert_done(add(fixture, "0123abcd", uid, 0));
        reopen(fixture);
        assert_done(api_key_load(fixture->store, "0123abcd", &row));
        assert_string_equal(row.prefix, "0123abcd");
        assert_int_equal(row.uid, uid);
        assert_int_equal(row.hash[0], 1);
        assert_int_equal(row.approval, 0);
        assert_int_equal(row.created_usec, NOON);
        assert_int_equal(row.created_by, 7);
        assert_int_equal(row.used_usec, 0);
        assert_done(api_key_of_user(fixture->store, uid, &again));
        assert_memory_equal(&row, &again, sizeof(row));
        assert_int_equal(api_key_load(fixture->store, "0123abce", &row), BO_ERR_NO_SUCH_KEY);
        assert_int_equal(api_key_load(fixture->store, "", &row), BO_ERR_NO_SUCH_KEY);
}

static void R77_a_user_has_one_key_and_no_more(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        uint32_t bob = make_user(fixture->store, "bob");

        assert_done(add(fixture, "0123abcd", alice, 0));
        assert_int_equal(add(fixture, "4567abcd", alice, 0), BO_ERR_KEY_EXISTS);
        assert_int_equal(add(fixture, "0123abcd", bob, 0), -EEXIST);
        assert_done(add(fixture, "4567abcd", bob, 0));
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM api_key"), 2);
}

/* Behind the functions: the store itself holds it. */
static void R77_the_schema_takes_no_second_key(void **state)
{
        struct fixture *fixture = *state;

        assert_done(add(fixture, "0123abcd", make_user(fixture->store, "alice"), 0));
        run_sql(fixture, "INSERT OR IGNORE INTO api_key"
                         " SELECT 'zzzzzzzz', uid, hash, approval, 0, 0, 0, '' FROM api_key");
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM api_key"), 1);
}

/* R66: beside his own key a user may have tokens of many addresses, one of each. */
static void a_token_belongs_to_one_approval(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        struct api_key_row row;

        assert_done(add(fixture, "00000000", alice, 0));
        assert_done(add(fixture, "11111111", alice, 1));
        assert_done(add(fixture, "22222222", alice, 2));
        assert_int_equal(add(fixture, "33333333", alice, 2), BO_ERR_KEY_EXISTS);
        assert_int_equal(add(fixture, "33333333", make_user(fixture->store, "bob"), 2),
                         BO_ERR_KEY_EXISTS);
        assert_done(api_key_of_approval(fixture->store, 2, &row));
        assert_string_equal(row.prefix, "22222222");
        assert_done(api_key_of_user(fixture->store, alice, &row));
        assert_string_equal(row.prefix, "00000000");
        assert_int_equal(api_key_of_approval(fixture->store, 0, &row), BO_ERR_NO_SUCH_KEY);
        assert_int_equal(api_key_of_approval(fixture->store, 3, &row), BO_ERR_NO_SUCH_KEY);
}

static void R78_a_deleted_key_is_gone_and_makes_room_for_another(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        struct api_key_row row;
        struct tx tx = {0};

        assert_done(add(fixture, "00000000", alice, 0));
        assert_done(add(fixture, "11111111", alice, 1));
        begin(&tx, fixture->store);
        assert_done(api_key_delete(&tx, alice));
        assert_int_equal(api_key_delete(&tx, alice), BO_ERR_NO_SUCH_KEY);
        assert_int_equal(api_key_delete_token(&tx, 0), BO_ERR_NO_SUCH_KEY);
        commit(&tx);
        assert_int_equal(api_key_load(fixture->store, "00000000", &row), BO_ERR_NO_SUCH_KEY);
        assert_done(api_key_load(fixture->store, "11111111", &row));
        assert_done(add(fixture, "22222222", alice, 0));
        begin(&tx, fixture->store);
        assert_done(api_key_delete_token(&tx, 1));
        assert_int_equal(api_key_delete_token(&tx, 1), BO_ERR_NO_SUCH_KEY);
        commit(&tx);
        assert_done(api_key_load(fixture->store, "22222222", &row));
}

static void all_of_one_user_go_at_once_and_no_other(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        uint32_t bob = make_user(fixture->store, "bob");
        struct tx tx = {0};
        unsigned n = 9;

        assert_done(add(fixture, "00000000", alice, 0));
        assert_done(add(fixture, "11111111", alice, 1));
        assert_done(add(fixture, "22222222", bob, 0));
        begin(&tx, fixture->store);
        assert_done(api_key_delete_all(&tx, alice, &n));
        assert_int_equal(n, 2);
        assert_done(api_key_delete_all(&tx, alice, &n));
        assert_int_equal(n, 0);
        commit(&tx);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM api_key"), 1);
}

static void R72_its_use_is_noted(void **state)
{
        struct fixture *fixture = *state;
        struct api_key_row row;
        struct tx tx = {0};

        assert_done(add(fixture, "00000000", make_user(fixture->store, "alice"), 0));
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_done(api_key_used(&tx, "00000000"));
        assert_int_equal(api_key_used(&tx, "00000001"), BO_ERR_NO_SUCH_KEY);
        commit(&tx);
        assert_done(api_key_load(fixture->store, "00000000", &row));
        assert_int_equal(row.created_usec, NOON);
        assert_int_equal(row.used_usec, NOON + 5);
}

int run_api_key_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_key_comes_back_by_its_prefix_and_by_its_user),
                STORE_TEST(R77_a_user_has_one_key_and_no_more),
                STORE_TEST(R77_the_schema_takes_no_second_key),
                STORE_TEST(a_token_belongs_to_one_approval),
                STORE_TEST(R78_a_deleted_key_is_gone_and_makes_room_for_another),
                STORE_TEST(all_of_one_user_go_at_once_and_no_other),
                STORE_TEST(R72_its_use_is_noted),
        };

        return cmocka_run_group_tests_name("api_key", tests, NULL, NULL);
}
