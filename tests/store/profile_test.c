/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What customers are and say of themselves (R51, R79 to R82). */
#include "tests/store/fixture.h"

#include "bo-accountd/store/customer_profile.h"

static void a_profile_comes_back_whole(void **state)
{
        struct fixture *fixture = *state;
        struct profile said = {.separately_billed = true}, found;
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        assert_done(customer_profile_load(fixture->store, "shop", &found));
        assert_memory_equal(&found, &(struct profile){0}, sizeof(found));
        for (enum profile_field field = 0; field < PROFILE_FIELDS; field++) {
                memset(said.text[field], 'a' + (int)field, PROFILE_TEXT_SIZE - 1);
                snprintf(said.text[field], PROFILE_TEXT_SIZE, "%s of the shop",
                         profile_name(field));
        }
        for (int time = 0; time < 2; time++) {
                begin(&tx, fixture->store);
                assert_done(customer_profile_save(&tx, "shop", &said));
                commit(&tx);
                reopen(fixture);
                assert_done(customer_profile_load(fixture->store, "shop", &found));
                assert_int_equal(found.separately_billed, said.separately_billed);
                for (size_t field = 0; field < PROFILE_FIELDS; field++)
                        assert_string_equal(found.text[field], said.text[field]);
                said = (struct profile){0}; /* the second time takes all of it back */
        }
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM customer_profile"), 1);
}

static void a_profile_is_of_a_customer_that_exists(void **state)
{
        struct fixture *fixture = *state;
        const struct profile said = {0};
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_int_equal(customer_profile_save(&tx, "nobody", &said), BO_ERR_NO_SUCH_CUSTOMER);
        assert_int_equal(customer_set_alias(&tx, "nobody", "x"), BO_ERR_NO_SUCH_CUSTOMER);
        assert_int_equal(customer_set_type(&tx, "nobody", "x", ""), BO_ERR_NO_SUCH_CUSTOMER);
        tx_end(&tx);
}

static int keep(void *userdata, const struct customer *customer)
{
        struct customer *kept = userdata;

        *kept = *customer;
        return 0;
}

static void alias_type_and_subscription_are_seen_in_every_list(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct customer found = {0};
        struct tx tx = {0};

        make_customer(fixture->store, "shop");
        give_roles(fixture->store, uid, "shop", "viewer", NULL);
        assert_done(customer_load(fixture->store, "shop", &found));
        assert_string_equal(found.type, "");
        assert_string_equal(found.subscription, "");
        begin(&tx, fixture->store);
        assert_done(customer_set_alias(&tx, "shop", "Corner shop"));
        assert_done(customer_set_type(&tx, "shop", "professional", "basic"));
        commit(&tx);
        for (int i = 0; i < 3; i++) {
                memset(&found, 0, sizeof(found));
                if (i == 0)
                        assert_done(customer_load(fixture->store, "shop", &found));
                else
                        assert_done(customer_list(fixture->store, i == 1 ? 0 : uid, "", 5, keep,
                                                  &found));
                assert_string_equal(found.alias, "Corner shop");
                assert_string_equal(found.type, "professional");
                assert_string_equal(found.subscription, "basic");
        }
}

/* Makes @name an active person with an address, a member of "shop" since @since. */
static uint32_t make_primary(struct fixture *fixture, const char *name, int since)
{
        uint32_t uid = make_user(fixture->store, name);
        char sql[256];

        give_roles(fixture->store, uid, "shop", "primary", NULL);
        snprintf(sql, sizeof(sql),
                 "UPDATE account SET email = name, activated_usec = 1 WHERE uid = %u", uid);
        run_sql(fixture, sql);
        snprintf(sql, sizeof(sql), "UPDATE membership SET joined_usec = %d WHERE uid = %u", since,
                 uid);
        run_sql(fixture, sql);
        return uid;
}

static void R81_address_is_that_of_the_oldest_member_who_holds_the_role(void **state)
{
        static const struct {
                const char *ends; /* what the oldest one loses */
                const char *next;
        } rows[] = {
                {"membership SET disabled_usec = 5", "carol@shop.example"},
                {"membership SET invited = 1", "alice@shop.example"},
                {"account SET deactivated_usec = 5", "dave@shop.example"},
                {"account SET activated_usec = 0", "erin@shop.example"},
                {"account SET email = ''", NULL},
        };
        struct fixture *fixture = *state;
        char email[NAME_MAX_BYTES + 1] = "";
        uint64_t since = 0;
        uint32_t uids[5];

        make_customer(fixture->store, "shop");
        assert_int_equal(customer_role_mailbox(fixture->store, "shop", "primary", email, &since),
                         BO_ERR_NO_SUCH_USER);
        uids[2] = make_primary(fixture, "alice@shop.example", 300);
        uids[0] = make_primary(fixture, "bob@shop.example", 100);
        uids[1] = make_primary(fixture, "carol@shop.example", 200);
        uids[3] = make_primary(fixture, "dave@shop.example", 400);
        uids[4] = make_primary(fixture, "erin@shop.example", 500);
        assert_done(customer_role_mailbox(fixture->store, "shop", "primary", email, &since));
        assert_string_equal(email, "bob@shop.example");
        assert_int_equal(since, 100);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                char sql[256];
                int r;

                snprintf(sql, sizeof(sql), "UPDATE %s WHERE uid = %u", rows[i].ends, uids[i]);
                run_sql(fixture, sql);
                r = customer_role_mailbox(fixture->store, "shop", "primary", email, &since);
                assert_int_equal(r, rows[i].next ? 0 : BO_ERR_NO_SUCH_USER);
                if (rows[i].next)
                        assert_string_equal(email, rows[i].next);
        }
}

static void a_role_is_held_by_whoever_was_given_it(void **state)
{
        struct fixture *fixture = *state;

        make_customer(fixture->store, "shop");
        make_customer(fixture->store, "cafe");
        assert_int_equal(customer_role_held(fixture->store, "shop", "primary"), 0);
        make_primary(fixture, "alice@shop.example", 1);
        run_sql(fixture, "UPDATE membership SET disabled_usec = 5");
        assert_int_equal(customer_role_held(fixture->store, "shop", "primary"), 1);
        assert_int_equal(customer_role_held(fixture->store, "shop", "secondary"), 0);
        assert_int_equal(customer_role_held(fixture->store, "cafe", "primary"), 0);
}

int run_profile_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_profile_comes_back_whole),
                STORE_TEST(a_profile_is_of_a_customer_that_exists),
                STORE_TEST(alias_type_and_subscription_are_seen_in_every_list),
                STORE_TEST(R81_address_is_that_of_the_oldest_member_who_holds_the_role),
                STORE_TEST(a_role_is_held_by_whoever_was_given_it),
        };

        return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
