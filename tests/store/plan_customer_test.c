/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Customers, locations and invitations are found by an index, whatever their number. */
#include "bo-accountd/store/customer_profile.h"
#include "bo-accountd/store/invitation.h"
#include "bo-accountd/store/location.h"
#include "bo-accountd/store/terminal.h"
#include "tests/store/plan.h"

static int ignore_location(void *userdata, const struct location *location)
{
        assert_true(!userdata && location);
        return 0;
}

static int ignore_terminal(void *userdata, const struct terminal *terminal)
{
        assert_true(!userdata && terminal);
        return 0;
}

static void use_location(struct fixture *fixture, struct tx *tx, uint32_t uid)
{
        static const char *const ids[] = {"ams"};
        struct location location = {.id = "ams", .customer = "shop", .name = "Amsterdam"};
        struct terminal host, network;
        char why[256], found[LOCATION_ID_SIZE];

        assert_done(terminal_make(&host, TERMINAL_HOST, NULL, "till-1", why, sizeof(why)));
        assert_done(
                terminal_make(&network, TERMINAL_NETWORK, NULL, "10.0.0.0/8", why, sizeof(why)));
        assert_done(location_insert(tx, &location));
        assert_done(location_set_details(tx, "ams", "Utrecht", ""));
        assert_done(location_ensure_group(tx, "ams", GID_FIRST, GID_LAST));
        assert_done(terminal_bind(tx, "ams", &host));
        assert_done(terminal_bind(tx, "ams", &network));
        assert_done(terminal_find(fixture->store, "shop", &host, found));
        assert_done(terminal_find(fixture->store, "shop", &network, found));
        assert_done(terminal_list(fixture->store, "ams", ignore_terminal, NULL));
        assert_done(terminal_unbind(tx, "ams", &host));
        assert_done(member_restrict(tx, uid, "shop", ids, 1));
}

static void locations_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        static const char *const customers[] = {NULL, "shop"}, *const texts[] = {"", "u", "utr"};
        uint32_t n, uid = make_user(fixture->store, "alice");
        struct member_location *rows = NULL;
        struct tx tx = {0};
        uint64_t next;
        size_t n_rows;
        bool may;

        make_customer(fixture->store, "shop");
        give_roles(fixture->store, uid, "shop", "admin", NULL);
        start_listening(fixture);
        begin(&tx, fixture->store);
        use_location(fixture, &tx, uid);
        commit(&tx);
        for (int i = 0; i < 6; i++) {
                const struct location_filter filter = {
                        .customer = customers[i & 1], .text = texts[i / 2], .limit = 5};

                assert_done(location_search(fixture->store, &filter, ignore_location, NULL, &next));
        }
        assert_done(member_may_at(fixture->store, uid, "shop", "ams", &may));
        assert_done(member_is_restricted(fixture->store, uid, "shop", &may));
        assert_done(member_locations(fixture->store, uid, &rows, &n_rows));
        assert_done(member_count(fixture->store, uid, &n));
        assert_done(customer_members(fixture->store, "shop", 1000, &n));
        free(rows);
        check_heard(fixture, 20);
}

static uint32_t invite(struct tx *tx, uint32_t whom, const char *address)
{
        static const char *const roles[] = {"admin"};
        static const char customer[] = "cafe";
        struct account account = {.invites_uid = whom, .verified = true};
        uint32_t uid = 0;

        snprintf(account.name, sizeof(account.name), "%s", address);
        snprintf(account.email, sizeof(account.email), "%s", address);
        assert_done(invitation_insert(tx, &account, UID_FIRST, UID_LAST, &uid));
        assert_done(member_set_roles(tx, uid, customer, roles, ELEMENTS(roles)));
        return uid;
}

static void invitations_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), bob = make_user(fixture->store, "bob");
        struct invitation *rows = NULL;
        struct account account;
        char customer[CUSTOMER_ID_SIZE];
        struct tx tx = {0};
        uint32_t uid;
        size_t n;

        make_customer(fixture->store, "cafe");
        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_int_equal(invitation_listed(fixture->store, "alice", "cafe"), 0);
        uid = invite(&tx, alice, "alice");
        assert_int_equal(invitation_listed(fixture->store, "alice", "cafe"), 1);
        assert_done(account_by_uid(fixture->store, alice, &account));
        assert_done(invitation_list(&tx, &account, 0, 9, &rows, &n));
        assert_done(invitation_customer(fixture->store, uid, customer));
        assert_done(invitation_accept(&tx, uid, &account, "cafe"));
        invite(&tx, bob, "bob");
        assert_done(account_by_uid(fixture->store, bob, &account));
        assert_done(invitation_close_of(&tx, &account, "cafe"));
        assert_int_equal(invitation_listed(fixture->store, "bob", "cafe"), 0);
        commit(&tx);
        free(rows);
        check_heard_for_one_member(fixture, 20);
}

static void a_customer_is_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        char email[NAME_MAX_BYTES + 1];
        struct profile profile;
        struct tx tx = {0};
        uint64_t since;

        make_customer(fixture->store, "shop");
        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(customer_profile_load(fixture->store, "shop", &profile));
        assert_done(customer_profile_save(&tx, "shop", &profile));
        assert_done(customer_set_alias(&tx, "shop", "Shop"));
        assert_done(customer_set_type(&tx, "shop", "x", "y"));
        assert_int_equal(customer_role_held(fixture->store, "shop", "primary"), 0);
        assert_int_equal(customer_role_mailbox(fixture->store, "shop", "primary", email, &since),
                         BO_ERR_NO_SUCH_USER);
        commit(&tx);
        check_heard(fixture, 6);
}

int run_plan_customer_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(locations_are_found_by_index),
                STORE_TEST(invitations_are_found_by_index),
                STORE_TEST(a_customer_is_found_by_index),
        };

        return cmocka_run_group_tests_name("plan_customer", tests, NULL, NULL);
}
