/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R66 to R69: requests for addresses, answered once. */
#include "tests/store/approval_fixture.h"

static void R66_a_request_is_kept_as_it_was_made(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        struct approval approval;
        struct tx tx = {0};
        uint64_t id;

        make_customer(fixture->store, "shop");
        id = request(fixture, alice, "shop", "192.0.2.0/24");
        approval = load_at(fixture->store, NOON, id);
        assert_int_equal(approval.id, id);
        assert_string_equal(approval.customer, "shop");
        assert_string_equal(approval.comment, "our till");
        assert_int_equal(approval.requester_uid, alice);
        assert_int_equal(approval.requested_usec, NOON);
        assert_int_equal(approval.expires_usec, NOON + WEEK);
        assert_int_equal(approval.status, APPROVAL_PENDING);
        assert_true(approval.decided_usec == 0 && approval.revoked_usec == 0 &&
                    approval.taken_usec == 0);
        begin(&tx, fixture->store);
        assert_int_equal(approval_load(&tx, id + 1, &approval), BO_ERR_NO_SUCH_APPROVAL);
        tx_end(&tx);
}

static void R66_a_range_is_listed_once_in_whatever_spelling(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        struct network other = range("192.0.2.0/25"), same = range("::ffff:192.0.2.0/120");
        uint64_t id, listed;

        make_customer(fixture->store, "shop");
        make_customer(fixture->store, "cafe");
        id = request(fixture, alice, "shop", "192.0.2.0/24");
        assert_int_equal(
                request_at(fixture->store, NOON, alice, "shop", "::ffff:192.0.2.0/120", &listed),
                BO_ERR_ADDRESS_LISTED);
        assert_done(approval_listed(fixture->store, "shop", &same, &listed));
        assert_int_equal(listed, id);
        assert_done(approval_listed(fixture->store, "shop", &other, &listed));
        assert_int_equal(listed, 0);
        assert_done(answer(fixture->store, id, true, 0));
        assert_int_equal(request_at(fixture->store, NOON, alice, "shop", "192.0.2.0/24", &listed),
                         BO_ERR_ADDRESS_LISTED);
        request(fixture, alice, "cafe", "192.0.2.0/24"); /* another customer's list */
        request(fixture, alice, "shop", "192.0.2.0/25"); /* another range */
        assert_done(end_it(fixture->store, id, 0));
        assert_true(request(fixture, alice, "shop", "192.0.2.0/24") > id);
}

static void R67_a_request_is_answered_once(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        struct approval approval;
        uint64_t yes, no;

        make_customer(fixture->store, "shop");
        yes = request(fixture, alice, "shop", "192.0.2.1");
        no = request(fixture, alice, "shop", "192.0.2.2");
        assert_done(answer(fixture->store, yes, true, 4711));
        assert_done(answer(fixture->store, no, false, 4711));
        assert_int_equal(answer(fixture->store, yes, false, 4712), BO_ERR_APPROVAL_DECIDED);
        assert_int_equal(answer(fixture->store, no, true, 4712), BO_ERR_APPROVAL_DECIDED);
        approval = load_at(fixture->store, NOON, yes);
        assert_int_equal(approval.status, APPROVAL_APPROVED);
        assert_int_equal(approval.decided_uid, 4711);
        assert_int_equal(approval.decided_usec, NOON);
        approval = load_at(fixture->store, NOON, no);
        assert_int_equal(approval.status, APPROVAL_REJECTED);
        assert_string_equal(approval.reason, "not ours");
        assert_int_equal(end_it(fixture->store, no, 4711), BO_ERR_APPROVAL_DECIDED);
        assert_int_equal(take(fixture->store, no), BO_ERR_TOKEN_TAKEN);
}

static void R69_a_token_is_taken_once_and_only_of_an_approved_range(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), n;
        uint64_t id;

        make_customer(fixture->store, "shop");
        id = request(fixture, alice, "shop", "192.0.2.1");
        assert_int_equal(take(fixture->store, id), BO_ERR_TOKEN_TAKEN);
        assert_done(answer(fixture->store, id, true, 4711));
        assert_done(approval_untaken(fixture->store, alice, "shop", 9, &n));
        assert_int_equal(n, 1);
        assert_done(approval_untaken(fixture->store, alice, "cafe", 9, &n));
        assert_int_equal(n, 0);
        assert_done(take(fixture->store, id));
        assert_int_equal(take(fixture->store, id), BO_ERR_TOKEN_TAKEN);
        assert_done(approval_untaken(fixture->store, alice, "shop", 9, &n));
        assert_int_equal(n, 0);
}

static void R68_a_request_expires_and_stays_expired(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), n;
        struct tx tx = {0};
        uint64_t id, again, overdue;

        make_customer(fixture->store, "shop");
        id = request(fixture, alice, "shop", "192.0.2.1");
        assert_int_equal(load_at(fixture->store, NOON + WEEK - 1, id).status, APPROVAL_PENDING);
        assert_int_equal(load_at(fixture->store, NOON + WEEK, id).status, APPROVAL_EXPIRED);

        /* The clock shows a later time once, and is set back. */
        assert_done(tx_begin_write(&tx, fixture->store, NOON + WEEK));
        assert_done(approval_overdue(&tx, &overdue));
        assert_int_equal(overdue, id);
        commit(&tx);
        begin(&tx, fixture->store);
        commit(&tx);
        assert_int_equal(load_at(fixture->store, NOON, id).status, APPROVAL_EXPIRED);

        begin(&tx, fixture->store);
        assert_done(approval_find_expired(&tx, "shop", &overdue));
        assert_int_equal(overdue, id);
        assert_done(approval_set_expired(&tx, id));
        assert_done(approval_find_expired(&tx, "shop", &overdue));
        assert_int_equal(overdue, 0);
        assert_done(approval_count(tx.store, "shop", APPROVAL_PENDING, 20, &n));
        assert_int_equal(n, 0);
        commit(&tx);
        assert_int_equal(answer(fixture->store, id, true, 4711), BO_ERR_APPROVAL_DECIDED);
        again = request(fixture, alice, "shop", "192.0.2.1");
        assert_int_equal(load_at(fixture->store, NOON, again).status, APPROVAL_PENDING);
}

static int answer_at_once(struct fixture *fixture, int number)
{
        struct store *store = another_connection(fixture);
        int r = answer(store, 1, number % 2 == 0, (uint32_t)number);

        store_close(store);
        return r == 0 ? 1 : r == BO_ERR_APPROVAL_DECIDED ? 0 : 100;
}

static void R67_of_answers_at_the_same_moment_one_counts(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");

        make_customer(fixture->store, "shop");
        assert_int_equal(request(fixture, alice, "shop", "192.0.2.1"), 1);
        assert_int_equal(in_threads(8, answer_at_once, fixture), 1);
}

static int die_before_commit(struct fixture *fixture)
{
        struct store *store = another_connection(fixture);
        struct tx tx = {0};

        CHECK(tx_begin_write(&tx, store, NOON) == 0);
        CHECK(approval_answer(&tx, 1, true, 4711, "") == 0);
        CHECK(token_end_of_approval(&tx, 1) == 0);
        _exit(0);
}

static void R67_an_answer_that_was_cut_off_never_was(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");

        make_customer(fixture->store, "shop");
        assert_int_equal(request(fixture, alice, "shop", "192.0.2.1"), 1);
        assert_int_equal(in_child(die_before_commit, fixture), 0);
        assert_int_equal(load_at(fixture->store, NOON, 1).status, APPROVAL_PENDING);
        assert_held(fixture, "shop", "192.0.2.1", 0);
}

static void R67_an_answer_ends_the_tokens_of_its_request_alone(void **state)
{
        struct fixture *fixture = *state;
        uint32_t owner = make_user(fixture->store, "owner");
        struct token_row row = {
                .purpose = TOKEN_APPROVAL, .uid = owner, .expires_usec = NOON + WEEK};
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (unsigned char i = 0; i < 3; i++) {
                row.hash[0] = i;
                row.approval = i; /* the first is of no request */
                assert_done(token_insert(&tx, &row));
        }
        assert_done(token_end_of_approval(&tx, 1));
        assert_done(token_end_of_approval(&tx, 0));
        commit(&tx);
        for (unsigned char i = 0; i < 3; i++) {
                struct token_row found;

                row.hash[0] = i;
                assert_done(token_load(fixture->store, row.hash, &found));
                assert_int_equal(found.approval, i);
                assert_int_equal(found.used_usec != 0, i == 1);
        }
}

int run_approval_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(R66_a_request_is_kept_as_it_was_made),
                STORE_TEST(R66_a_range_is_listed_once_in_whatever_spelling),
                STORE_TEST(R67_a_request_is_answered_once),
                STORE_TEST(R69_a_token_is_taken_once_and_only_of_an_approved_range),
                STORE_TEST(R68_a_request_expires_and_stays_expired),
                STORE_TEST(R67_of_answers_at_the_same_moment_one_counts),
                STORE_TEST(R67_an_answer_that_was_cut_off_never_was),
                STORE_TEST(R67_an_answer_ends_the_tokens_of_its_request_alone),
        };

        return cmocka_run_group_tests_name("approvals", tests, NULL, NULL);
}
