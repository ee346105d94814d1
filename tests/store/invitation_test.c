/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R49: an invitation is an account to who made it, and nobody to all others. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/invitation.h"

#define ADDRESS "ann@shop.example"

static uint32_t invite(struct store *store, uint32_t whom, const char *customer, const char *role)
{
        struct account account = {.invites_uid = whom, .verified = true};
        struct tx tx = {0};
        uint32_t uid;

        snprintf(account.name, sizeof(account.name), ADDRESS);
        snprintf(account.email, sizeof(account.email), ADDRESS);
        begin(&tx, store);
        assert_done(invitation_insert(&tx, &account, UID_FIRST, UID_LAST, &uid));
        commit(&tx);
        give_roles(store, uid, customer, role, NULL);
        return uid;
}

static void mail_token(struct store *store, uint32_t uid, unsigned char byte)
{
        struct token_row token = {.uid = uid, .expires_usec = NOON + 5, .address = ADDRESS};
        struct tx tx = {0};

        memset(token.hash, byte, sizeof(token.hash));
        begin(&tx, store);
        assert_done(token_insert(&tx, &token));
        commit(&tx);
}

static size_t open_ones(struct store *store, uint32_t uid)
{
        struct invitation *rows = NULL;
        struct account account;
        struct tx tx = {0};
        size_t n = 0;

        assert_done(account_by_uid(store, uid, &account));
        begin(&tx, store);
        assert_done(invitation_list(&tx, &account, 0, 9, &rows, &n));
        tx_end(&tx);
        free(rows);
        return n;
}

static int accept(struct store *store, uint32_t invitation, uint32_t uid, const char *customer)
{
        struct account account;
        struct tx tx = {0};
        int r;

        assert_done(account_by_uid(store, uid, &account));
        begin(&tx, store);
        r = invitation_accept(&tx, invitation, &account, customer);
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

static uint32_t ann(struct store *store)
{
        uint32_t uid = make_user(store, ADDRESS);

        make_customer(store, "shop");
        make_customer(store, "cafe");
        give_roles(store, uid, "shop", "viewer", NULL);
        return uid;
}

static void an_invitation_has_the_next_uid_and_the_address_for_a_name(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = ann(fixture->store);
        uint32_t invitation = invite(fixture->store, uid, "cafe", "encoder");
        struct account account;

        assert_int_equal(invitation, uid + 1);
        assert_done(account_by_uid(fixture->store, invitation, &account));
        assert_string_equal(account.name, ADDRESS);
        assert_int_equal(account.invites_uid, uid);
        assert_done(account_by_name(fixture->store, ADDRESS, &account));
        assert_int_equal(account.uid, uid);
        assert_int_equal(invitation_listed(fixture->store, ADDRESS, "cafe"), 1);
        assert_int_equal(invitation_listed(fixture->store, ADDRESS, "shop"), 1);
        assert_int_equal(invitation_listed(fixture->store, "an@shop.example", "cafe"), 0);
}

static int no_user_but_ann(void *userdata, const struct nss_user *user)
{
        assert_int_equal(user->uid, *(uint32_t *)userdata);
        assert_int_equal(user->n_gids, 2); /* of the shop, and of viewers */
        return 0;
}

static int no_member(void *userdata, const struct nss_group *group)
{
        (void)userdata; /* the signature of a row */
        for (size_t i = 0; i < group->n_members; i++)
                assert_string_equal(group->members[i], ADDRESS);
        if (strcmp(group->name, "bo-c-cafe") == 0 || strcmp(group->name, "bo-encoder") == 0)
                assert_int_equal(group->n_members, 0);
        return 0;
}

static void nss_shows_nothing_of_an_invitation(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = ann(fixture->store);

        invite(fixture->store, uid, "cafe", "encoder");
        assert_done(nss_each_user(fixture->store, 0, "", no_user_but_ann, &uid));
        assert_done(nss_each_group(fixture->store, 0, "", 9, no_member, NULL));
}

static void it_is_open_while_a_token_of_it_is(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = ann(fixture->store);
        uint32_t invitation = invite(fixture->store, uid, "cafe", "encoder");

        assert_int_equal(open_ones(fixture->store, uid), 0);
        mail_token(fixture->store, invitation, 1);
        assert_int_equal(open_ones(fixture->store, uid), 1);
        run_sql(fixture, "UPDATE token SET used_usec = 1");
        assert_int_equal(open_ones(fixture->store, uid), 0);
        run_sql(fixture, "UPDATE token SET used_usec = 0, address = ''"); /* handed over */
        assert_int_equal(open_ones(fixture->store, uid), 0);
        run_sql(fixture, "UPDATE token SET address = '" ADDRESS "'");
        assert_int_equal(open_ones(fixture->store, uid), 1);
        run_sql(fixture, "UPDATE membership SET disabled_usec = 1 WHERE invited = 1");
        assert_int_equal(open_ones(fixture->store, uid), 0);
}

static void accepted_once_it_is_closed_for_ever(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = ann(fixture->store);
        uint32_t invitation = invite(fixture->store, uid, "cafe", "encoder");
        struct member_role *rows = NULL;
        struct account account;
        size_t n;

        mail_token(fixture->store, invitation, 1);
        assert_done(accept(fixture->store, invitation, uid, "cafe"));
        assert_int_equal(accept(fixture->store, invitation, uid, "cafe"),
                         BO_ERR_NO_SUCH_INVITATION);
        assert_int_equal(account_by_uid(fixture->store, invitation, &account), BO_ERR_NO_SUCH_USER);
        assert_done(member_roles(fixture->store, uid, &rows, &n));
        assert_int_equal(n, 2);
        assert_string_equal(rows[0].customer, "cafe");
        assert_string_equal(rows[0].role, "encoder");
        assert_true(rows[0].active);
        free(rows);
        assert_int_equal(open_ones(fixture->store, uid), 0);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM membership"), 2);
}

static void an_invitation_of_nobody_is_nobodys(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = ann(fixture->store);
        uint32_t invitation = invite(fixture->store, INVITES_NOBODY, "cafe", "encoder");
        struct account account;

        mail_token(fixture->store, invitation, 1);
        assert_done(account_by_uid(fixture->store, invitation, &account));
        assert_int_equal(account.invites_uid, invitation);
        assert_int_equal(open_ones(fixture->store, uid), 0);
        assert_int_equal(open_ones(fixture->store, invitation), 0);
}

int run_invitation_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(an_invitation_has_the_next_uid_and_the_address_for_a_name),
                STORE_TEST(nss_shows_nothing_of_an_invitation),
                STORE_TEST(it_is_open_while_a_token_of_it_is),
                STORE_TEST(accepted_once_it_is_closed_for_ever),
                STORE_TEST(an_invitation_of_nobody_is_nobodys),
        };

        return cmocka_run_group_tests_name("invitation", tests, NULL, NULL);
}
