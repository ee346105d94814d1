/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers, memberships, roles, and the groups that stand for them. */
#include "tests/store/fixture.h"

struct ids {
        char text[128];
};

static int note(void *userdata, const struct customer *customer)
{
        struct ids *ids = userdata;

        strcat(ids->text, customer->id);
        strcat(ids->text, " ");
        return 0;
}

static void a_customer_comes_back_with_its_group(void **state)
{
        struct fixture *fixture = *state;
        struct customer found;
        struct tx tx = {0};
        uint32_t gid;

        begin(&tx, fixture->store);
        assert_done(customer_insert(&tx, "shop", "The Shop", GID_FIRST, GID_LAST));
        commit(&tx);
        reopen(fixture);
        assert_done(customer_load(fixture->store, "shop", &found));
        assert_string_equal(found.id, "shop");
        assert_string_equal(found.alias, "The Shop");
        assert_int_equal(found.created_usec, NOON);

        begin(&tx, fixture->store);
        assert_done(group_ensure(&tx, "bo-c-shop", GID_FIRST, GID_LAST, &gid));
        commit(&tx);
        assert_int_equal(found.gid, gid);
        assert_int_equal(customer_load(fixture->store, "cafe", &found), BO_ERR_NO_SUCH_CUSTOMER);
}

static void a_customer_id_is_good_once(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        begin(&tx, fixture->store);
        assert_int_equal(customer_insert(&tx, "shop", "", GID_FIRST, GID_LAST),
                         BO_ERR_CUSTOMER_EXISTS);
        tx_end(&tx);
}

static void a_group_keeps_its_number_and_the_range_ends(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint32_t one, again, two;

        begin(&tx, fixture->store);
        assert_done(group_ensure(&tx, "bo-admin", GID_FIRST, GID_FIRST + 1, &one));
        assert_done(group_ensure(&tx, "bo-encoder", GID_FIRST, GID_FIRST + 1, &two));
        assert_done(group_ensure(&tx, "bo-admin", GID_FIRST, GID_FIRST + 1, &again));
        assert_int_equal(one, GID_FIRST);
        assert_int_equal(two, GID_FIRST + 1);
        assert_int_equal(again, one);
        assert_int_equal(group_ensure(&tx, "bo-third", GID_FIRST, GID_FIRST + 1, &again),
                         BO_ERR_UIDS_EXHAUSTED);
        assert_int_equal(customer_insert(&tx, "shop", "", GID_FIRST, GID_FIRST + 1),
                         BO_ERR_UIDS_EXHAUSTED);
        tx_end(&tx);
}

static void customers_are_listed_in_pages_and_by_member(void **state)
{
        struct fixture *fixture = *state;
        struct ids all = {0}, rest = {0}, mine = {0};
        uint32_t uid = make_user(fixture->store, "alice");

        make_customer(fixture->store, "shop");
        make_customer(fixture->store, "cafe");
        make_customer(fixture->store, "bank");
        give_roles(fixture->store, uid, "shop", NULL, NULL);
        give_roles(fixture->store, uid, "bank", NULL, NULL);

        assert_done(customer_list(fixture->store, 0, NULL, 2, note, &all));
        assert_string_equal(all.text, "bank cafe ");
        assert_done(customer_list(fixture->store, 0, "cafe", 2, note, &rest));
        assert_string_equal(rest.text, "shop ");
        assert_done(customer_list(fixture->store, uid, "", 9, note, &mine));
        assert_string_equal(mine.text, "bank shop ");
}

static void expect_roles(struct store *store, uint32_t uid, const char *expected)
{
        struct member_role *rows = NULL;
        char found[256] = "";
        size_t n;

        assert_done(member_roles(store, uid, &rows, &n));
        for (size_t i = 0; i < n; i++) {
                strcat(found, rows[i].customer);
                strcat(found, ":");
                strcat(found, rows[i].role);
                strcat(found, " ");
        }
        free(rows);
        assert_string_equal(found, expected);
}

/* R20 */
static void roles_are_replaced_in_one_customer_alone(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");

        make_customer(fixture->store, "shop");
        make_customer(fixture->store, "cafe");
        expect_roles(fixture->store, uid, "");
        give_roles(fixture->store, uid, "shop", "encoder", "admin");
        give_roles(fixture->store, uid, "cafe", "encoder", "encoder");
        expect_roles(fixture->store, uid, "cafe:encoder shop:admin shop:encoder ");
        give_roles(fixture->store, uid, "shop", "clerk", NULL);
        expect_roles(fixture->store, uid, "cafe:encoder shop:clerk ");
        give_roles(fixture->store, uid, "shop", NULL, NULL);
        expect_roles(fixture->store, uid, "cafe:encoder shop: ");
}

static void a_membership_needs_user_and_customer(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        begin(&tx, fixture->store);
        assert_int_equal(member_set_roles(&tx, uid + 1, "shop", NULL, 0), BO_ERR_NO_SUCH_USER);
        assert_int_equal(member_set_roles(&tx, uid, "cafe", NULL, 0), BO_ERR_NO_SUCH_CUSTOMER);
        tx_end(&tx);
}

/* A role "c-cafe" would put its holders into the group of the customer cafe. */
static void no_role_passes_for_a_customers_group(void **state)
{
        struct fixture *fixture = *state;
        const char *const roles[] = {"c-cafe", "l-till", ""};
        uint32_t uid = make_user(fixture->store, "alice");
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        begin(&tx, fixture->store);
        for (size_t i = 0; i < ELEMENTS(roles); i++)
                assert_int_equal(member_set_roles(&tx, uid, "shop", &roles[i], 1), -EINVAL);
        tx_end(&tx);
}

int run_customer_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_customer_comes_back_with_its_group),
                STORE_TEST(a_customer_id_is_good_once),
                STORE_TEST(a_group_keeps_its_number_and_the_range_ends),
                STORE_TEST(customers_are_listed_in_pages_and_by_member),
                STORE_TEST(roles_are_replaced_in_one_customer_alone),
                STORE_TEST(a_membership_needs_user_and_customer),
                STORE_TEST(no_role_passes_for_a_customers_group),
        };

        return cmocka_run_group_tests_name("customer", tests, NULL, NULL);
}
