/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What NSS shows, and what it is told of a change. */
#include "bo-accountd/store/acting.h"
#include "bo-accountd/store/location.h"
#include "tests/store/fixture.h"

struct told {
        char text[1024];
};

static int note_user(void *userdata, const struct nss_user *user)
{
        struct told *told = userdata;
        char line[256];

        if (user->absent) {
                snprintf(line, sizeof(line), "%u:%s is not here\n", user->uid, user->name);
                strcat(told->text, line);
                return 0;
        }
        snprintf(line, sizeof(line), "%u:%s:%s:%s:%s", user->uid, user->name, user->gecos,
                 user->home, user->shell);
        strcat(told->text, line);
        for (size_t i = 0; i < user->n_gids; i++) {
                snprintf(line, sizeof(line), ":%u", user->gids[i]);
                strcat(told->text, line);
        }
        for (size_t i = 0; i < user->n_retired_names; i++) {
                strcat(told->text, ":was ");
                strcat(told->text, user->retired_names[i]);
        }
        strcat(told->text, "\n");
        return 0;
}

static int note_group(void *userdata, const struct nss_group *group)
{
        struct told *told = userdata;
        char line[64];

        snprintf(line, sizeof(line), "%u:%s:", group->gid, group->name);
        strcat(told->text, line);
        for (size_t i = 0; i < group->n_members; i++) {
                strcat(told->text, i > 0 ? "," : "");
                strcat(told->text, group->members[i]);
        }
        strcat(told->text, "\n");
        return 0;
}

static void expect_users_at(struct store *store, uint64_t since, const char *host,
                            const char *expected)
{
        struct told told = {0};

        assert_done(nss_each_user(store, since, host, note_user, &told));
        assert_string_equal(told.text, expected);
}

static void expect_users(struct store *store, uint64_t since, const char *expected)
{
        expect_users_at(store, since, "", expected);
}

static void expect_groups_at(struct store *store, uint64_t since, const char *host, uint32_t max,
                             const char *expected)
{
        struct told told = {0};

        assert_done(nss_each_group(store, since, host, max, note_group, &told));
        assert_string_equal(told.text, expected);
}

static void expect_groups(struct store *store, uint64_t since, uint32_t max, const char *expected)
{
        expect_groups_at(store, since, "", max, expected);
}

#define ANN "70000:ann::/home/ann:/bin/bash"
#define BEN "70001:ben::/home/ben:/bin/bash"
#define CID "70002:cid::/home/cid:/bin/bash"

/* bo-c-cafe 66000, bo-c-shop 66001, bo-admin 66002, bo-encoder 66003 */
static void populate(struct store *store)
{
        make_user(store, "ann");
        make_api_user(store, "ben");
        make_user(store, "cid");
        make_customer(store, "cafe");
        make_customer(store, "shop");
        give_roles(store, UID_FIRST, "shop", "admin", "encoder");
        give_roles(store, UID_FIRST, "cafe", "encoder", NULL);
        give_roles(store, UID_FIRST + 2, "shop", "encoder", NULL);
}

static void users_are_told_with_the_groups_of_the_customer_they_act_for(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        run_sql(fixture, "INSERT INTO name VALUES ('k7m2q9xd', 70001, 5), ('old', 70001, 6)");
        expect_users(fixture->store, 0,
                     ANN ":66000:66003\n" BEN ":was k7m2q9xd:was old\n" CID ":66001:66003\n");
}

static void act_for(struct store *store, uint32_t uid, const char *customer)
{
        struct tx tx = {0};

        begin(&tx, store);
        assert_done(member_act_for(&tx, uid, customer));
        commit(&tx);
}

static struct nss_state state_of(struct store *store)
{
        struct nss_state state;

        assert_done(nss_state(store, &state));
        return state;
}

static void write_base_at(struct store *store, const char *host)
{
        struct tx tx = {0};
        uint64_t generation = state_of(store).generation;

        begin(&tx, store);
        assert_done(nss_base_written(&tx, generation, host));
        commit(&tx);
}

static void write_base(struct store *store)
{
        write_base_at(store, "");
}

/* R50. */
static void who_acts_for_another_customer_changes_groups_and_is_told_in_both(void **state)
{
        struct fixture *fixture = *state;
        uint64_t base;

        populate(fixture->store);
        write_base(fixture->store);
        base = state_of(fixture->store).base;
        act_for(fixture->store, UID_FIRST, "shop");
        assert_int_equal(state_of(fixture->store).generation, base + 1);
        expect_users(fixture->store, base, ANN ":66001:66002:66003\n");
        expect_groups(fixture->store, base, 9,
                      "66000:bo-c-cafe:\n66001:bo-c-shop:ann,cid\n66002:bo-admin:ann\n"
                      "66003:bo-encoder:ann,cid\n");
}

static void disabled_and_invited_memberships_are_in_nothing(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        act_for(fixture->store, UID_FIRST, "shop");
        run_sql(fixture, "UPDATE membership SET disabled_usec = 5 WHERE uid = 70000"
                         " AND customer = 'shop'");
        run_sql(fixture, "UPDATE membership SET invited = 1 WHERE uid = 70002");
        expect_users(fixture->store, 0, ANN ":66000:66003\n" BEN "\n" CID "\n");
        expect_groups(fixture->store, 0, 9,
                      "66000:bo-c-cafe:ann\n66001:bo-c-shop:\n66002:bo-admin:\n"
                      "66003:bo-encoder:ann\n");
}

/* R49: whatever rows it has. */
static void an_invitation_is_nobody(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        run_sql(fixture, "UPDATE account SET invites_uid = 70000 WHERE uid = 70001");
        give_roles(fixture->store, UID_FIRST + 1, "shop", "encoder", NULL);
        run_sql(fixture, "UPDATE membership SET invited = 1 WHERE uid = 70001");
        run_sql(fixture, "INSERT INTO name VALUES ('old', 70001, 6)");
        expect_users(fixture->store, 0, ANN ":66000:66003\n" CID ":66001:66003\n");
        expect_groups(fixture->store, 0, 9,
                      "66000:bo-c-cafe:ann\n66001:bo-c-shop:cid\n66002:bo-admin:\n"
                      "66003:bo-encoder:ann,cid\n");
}

/* 66004: bo-l-north of the shop; cid is restricted to it, ann is not. */
static void restrict_cid(struct fixture *fixture)
{
        static const char *const north[] = {"north"};
        struct tx tx = {0};

        populate(fixture->store);
        act_for(fixture->store, UID_FIRST, "shop");
        begin(&tx, fixture->store);
        assert_done(location_insert(
                &tx, &(struct location){.id = "north", .customer = "shop", .name = "North"}));
        assert_done(location_ensure_group(&tx, "north", GID_FIRST, GID_LAST));
        assert_done(member_restrict(&tx, UID_FIRST + 2, "shop", north, ELEMENTS(north)));
        commit(&tx);
        run_sql(fixture, "INSERT INTO membership_location VALUES (70000, 'shop', 'north')");
}

/* R26. */
static void locations_are_groups_of_those_who_are_restricted_to_them(void **state)
{
        struct fixture *fixture = *state;
        uint64_t base;
        struct tx tx = {0};

        restrict_cid(fixture);
        expect_users(fixture->store, 0,
                     ANN ":66001:66002:66003\n" BEN "\n" CID ":66001:66003:66004\n");
        write_base(fixture->store);
        base = state_of(fixture->store).base;
        begin(&tx, fixture->store);
        assert_done(nss_touch_user(&tx, UID_FIRST + 2));
        commit(&tx);
        expect_groups(fixture->store, base, 9,
                      "66001:bo-c-shop:ann,cid\n66003:bo-encoder:ann,cid\n66004:bo-l-north:cid\n");
}

static void a_bound_host_shows_members_and_groups_of_its_customer_alone(void **state)
{
        struct fixture *fixture = *state;

        restrict_cid(fixture);
        expect_users_at(fixture->store, 0, "cafe",
                        ANN ":66000:66003\n70001:ben is not here\n70002:cid is not here\n");
        expect_groups_at(fixture->store, 0, "cafe", 9,
                         "66000:bo-c-cafe:ann\n66002:bo-admin:\n66003:bo-encoder:ann\n");
        expect_users_at(fixture->store, 0, "shop",
                        ANN ":66001:66002:66003\n70001:ben is not here\n" CID
                            ":66001:66003:66004\n");
        expect_groups_at(fixture->store, 0, "shop", 9,
                         "66001:bo-c-shop:ann,cid\n66002:bo-admin:ann\n"
                         "66003:bo-encoder:ann,cid\n66004:bo-l-north:cid\n");
        expect_users_at(fixture->store, 0, "none",
                        "70000:ann is not here\n70001:ben is not here\n70002:cid is not here\n");
}

/* A daemon that starts with another Customer= knows that the base is not for it. */
static void the_base_is_remembered_with_the_customer_of_its_host(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        assert_string_equal(state_of(fixture->store).host, "-"); /* none was written */
        write_base_at(fixture->store, "shop");
        reopen(fixture);
        assert_string_equal(state_of(fixture->store).host, "shop");
        write_base(fixture->store);
        assert_string_equal(state_of(fixture->store).host, "");
}

static void groups_are_told_with_their_members(void **state)
{
        struct fixture *fixture = *state;

        populate(fixture->store);
        expect_groups(fixture->store, 0, 9,
                      "66000:bo-c-cafe:ann\n66001:bo-c-shop:cid\n66002:bo-admin:\n"
                      "66003:bo-encoder:ann,cid\n");
        act_for(fixture->store, UID_FIRST, "shop");
        expect_groups(fixture->store, 0, 1,
                      "66000:bo-c-cafe:\n66001:bo-c-shop:\n66002:bo-admin:ann\n"
                      "66003:bo-encoder:\n");
}

static void nothing_is_pending_after_the_base_was_written(void **state)
{
        struct fixture *fixture = *state;
        struct nss_state before, after;

        populate(fixture->store);
        before = state_of(fixture->store);
        assert_int_equal(before.base, 0);
        assert_int_equal(before.pending, 3 + 4);
        write_base(fixture->store);
        reopen(fixture);
        after = state_of(fixture->store);
        assert_int_equal(after.base, before.generation);
        assert_int_equal(after.generation, before.generation);
        assert_int_equal(after.pending, 0);
        expect_users(fixture->store, after.base, "");
        expect_groups(fixture->store, after.base, 9, "");
}

static void a_change_of_roles_tells_the_groups_left_and_joined(void **state)
{
        struct fixture *fixture = *state;
        uint64_t base;

        populate(fixture->store);
        write_base(fixture->store);
        base = state_of(fixture->store).base;
        give_roles(fixture->store, UID_FIRST + 2, "shop", "admin", NULL);
        assert_int_equal(state_of(fixture->store).generation, base + 1);
        expect_users(fixture->store, base, CID ":66001:66002\n");
        expect_groups(fixture->store, base, 9,
                      "66001:bo-c-shop:cid\n66002:bo-admin:cid\n66003:bo-encoder:ann\n");
}

static void set_member(struct store *store, uint32_t uid, const char *customer, bool disable)
{
        struct tx tx = {0};

        begin(&tx, store);
        assert_done(disable ? member_disable(&tx, uid, customer, "left", false)
                            : member_enable(&tx, uid, customer));
        commit(&tx);
}

/* R17: what a disabled membership gave is gone, what others give stays. */
static void a_disabled_membership_is_seen_in_no_group(void **state)
{
        struct fixture *fixture = *state;
        uint64_t base;

        populate(fixture->store);
        act_for(fixture->store, UID_FIRST, "shop");
        write_base(fixture->store);
        base = state_of(fixture->store).base;
        set_member(fixture->store, UID_FIRST, "shop", true);
        expect_users(fixture->store, base, ANN ":66000:66003\n");
        expect_groups(fixture->store, base, 9,
                      "66000:bo-c-cafe:ann\n66001:bo-c-shop:cid\n66002:bo-admin:\n"
                      "66003:bo-encoder:ann,cid\n");
        set_member(fixture->store, UID_FIRST, "shop", false);
        expect_users(fixture->store, base, ANN ":66001:66002:66003\n");
}

/* R43: by the old name nobody is found, in no group either. */
static void a_rename_tells_the_dead_name_and_all_groups(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint64_t base;

        populate(fixture->store);
        write_base(fixture->store);
        base = state_of(fixture->store).base;
        begin(&tx, fixture->store);
        assert_done(account_rename(&tx, UID_FIRST, "ann@shop.example"));
        commit(&tx);
        assert_int_equal(state_of(fixture->store).generation, base + 1);
        expect_users(fixture->store, base,
                     "70000:ann@shop.example::/home/ann:/bin/bash:66000:66003:was ann\n");
        expect_groups(fixture->store, base, 9,
                      "66000:bo-c-cafe:ann@shop.example\n66001:bo-c-shop:cid\n66002:bo-admin:\n"
                      "66003:bo-encoder:ann@shop.example,cid\n");
}

static void what_changed_while_the_base_was_written_stays_pending(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint64_t generation;

        populate(fixture->store);
        generation = state_of(fixture->store).generation;
        begin(&tx, fixture->store);
        assert_done(account_set_full_name(&tx, UID_FIRST + 2, "Cid"));
        commit(&tx);
        begin(&tx, fixture->store);
        assert_done(nss_base_written(&tx, generation, ""));
        commit(&tx);
        expect_users(fixture->store, generation, "70002:cid:Cid:/home/cid:/bin/bash:66001:66003\n");
}

/* After an import: the notes go in parts, but count at once. */
static void many_notes_are_no_longer_pending_at_once(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (uint32_t i = 0; i < 5000; i++)
                assert_done(nss_touch_group(&tx, GID_FIRST + i));
        commit(&tx);
        assert_int_equal(state_of(fixture->store).pending, 5000);
        write_base(fixture->store);
        assert_int_equal(state_of(fixture->store).pending, 0);
        make_user(fixture->store, "ann");
        assert_int_equal(state_of(fixture->store).pending, 1);
        write_base(fixture->store);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM nss_note"), 0);
}

static void one_transaction_is_one_generation(void **state)
{
        struct fixture *fixture = *state;
        uint64_t before;
        struct tx tx = {0};

        populate(fixture->store);
        before = state_of(fixture->store).generation;
        begin(&tx, fixture->store);
        assert_done(nss_touch_user(&tx, UID_FIRST));
        assert_done(nss_touch_user(&tx, UID_FIRST + 1));
        assert_done(nss_touch_group(&tx, GID_FIRST));
        commit(&tx);
        assert_int_equal(state_of(fixture->store).generation, before + 1);
        begin(&tx, fixture->store);
        assert_done(nss_touch_group(&tx, GID_FIRST));
        tx_end(&tx); /* not committed: not a change */
        assert_int_equal(state_of(fixture->store).generation, before + 1);
}

int run_nss_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(users_are_told_with_the_groups_of_the_customer_they_act_for),
                STORE_TEST(who_acts_for_another_customer_changes_groups_and_is_told_in_both),
                STORE_TEST(disabled_and_invited_memberships_are_in_nothing),
                STORE_TEST(an_invitation_is_nobody),
                STORE_TEST(locations_are_groups_of_those_who_are_restricted_to_them),
                STORE_TEST(a_bound_host_shows_members_and_groups_of_its_customer_alone),
                STORE_TEST(the_base_is_remembered_with_the_customer_of_its_host),
                STORE_TEST(groups_are_told_with_their_members),
                STORE_TEST(nothing_is_pending_after_the_base_was_written),
                STORE_TEST(a_change_of_roles_tells_the_groups_left_and_joined),
                STORE_TEST(a_disabled_membership_is_seen_in_no_group),
                STORE_TEST(a_rename_tells_the_dead_name_and_all_groups),
                STORE_TEST(what_changed_while_the_base_was_written_stays_pending),
                STORE_TEST(many_notes_are_no_longer_pending_at_once),
                STORE_TEST(one_transaction_is_one_generation),
        };

        return cmocka_run_group_tests_name("nss", tests, NULL, NULL);
}
