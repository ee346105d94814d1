/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R66 to R69: requests for addresses, answered once, and found by the addresses they hold. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/approval.h"
#include "tests/store/plan.h"

#define WEEK (UINT64_C(7) * 24 * 3600 * 1000000)

static struct network range(const char *text)
{
        struct network network;

        assert_done(network_parse(&network, text));
        return network;
}

static int request_at(struct store *store, uint64_t now_usec, uint32_t uid, const char *customer,
                      const char *text, uint64_t *ret_id)
{
        struct approval approval = {.network = range(text),
                                    .requester_uid = uid,
                                    .comment = "our till",
                                    .expires_usec = now_usec + WEEK};
        struct tx tx = {0};
        int r;

        snprintf(approval.customer, sizeof(approval.customer), "%s", customer);
        assert_done(tx_begin_write(&tx, store, now_usec));
        r = approval_insert(&tx, &approval, ret_id);
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

static uint64_t request(struct fixture *fixture, uint32_t uid, const char *customer,
                        const char *text)
{
        uint64_t id = 0;

        assert_done(request_at(fixture->store, NOON, uid, customer, text, &id));
        assert_true(id > 0);
        return id;
}

static struct approval load_at(struct store *store, uint64_t now_usec, uint64_t id)
{
        struct approval approval;
        struct tx tx = {0};

        assert_done(tx_begin_read(&tx, store, now_usec));
        assert_done(approval_load(&tx, id, &approval));
        tx_end(&tx);
        return approval;
}

static int answer(struct store *store, uint64_t id, bool yes, uint32_t by)
{
        struct tx tx = {0};
        int r;

        begin(&tx, store);
        r = approval_answer(&tx, id, yes, by, yes ? "" : "not ours");
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

static int end_it(struct store *store, uint64_t id, uint32_t by)
{
        struct tx tx = {0};
        int r;

        begin(&tx, store);
        r = approval_revoke(&tx, id, by, "moved");
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

static int take(struct store *store, uint64_t id)
{
        struct tx tx = {0};
        int r;

        begin(&tx, store);
        r = approval_take(&tx, id);
        if (r == 0)
                commit(&tx);
        tx_end(&tx);
        return r;
}

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

static void assert_held(struct fixture *fixture, const char *customer, const char *address,
                        uint64_t id)
{
        struct network network = range(address);
        uint64_t found = 1000;

        assert_done(approval_find_address(fixture->store, customer, &network, &found));
        assert_int_equal(found, id);
}

static void R68_approved_ranges_alone_hold_addresses(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        uint64_t wide, narrow, six, pending;

        make_customer(fixture->store, "shop");
        make_customer(fixture->store, "cafe");
        wide = request(fixture, alice, "shop", "10.0.0.0/8");
        narrow = request(fixture, alice, "shop", "10.1.2.0/24");
        six = request(fixture, alice, "shop", "2001:db8::/48");
        pending = request(fixture, alice, "shop", "192.0.2.7");
        assert_held(fixture, "shop", "10.1.2.3", 0);
        assert_done(answer(fixture->store, wide, true, 4711));
        assert_done(answer(fixture->store, narrow, true, 4711));
        assert_done(answer(fixture->store, six, true, 4711));
        assert_held(fixture, "shop", "10.1.2.3", narrow);
        assert_held(fixture, "shop", "::ffff:10.1.2.3", narrow);
        assert_held(fixture, "shop", "10.1.3.0", wide);
        assert_held(fixture, "shop", "9.255.255.255", 0);
        assert_held(fixture, "shop", "11.0.0.0", 0);
        assert_held(fixture, "shop", "2001:db8:0:ffff::1", six);
        assert_held(fixture, "shop", "2001:db8:1::1", 0);
        assert_held(fixture, "shop", "::a01:203", 0); /* 10.1.2.3 in the last bits of IPv6 */
        assert_held(fixture, "shop", "192.0.2.7", 0);
        assert_held(fixture, "cafe", "10.1.2.3", 0);
        assert_done(answer(fixture->store, pending, false, 4711));
        assert_held(fixture, "shop", "192.0.2.7", 0);

        assert_done(end_it(fixture->store, narrow, 4711));
        assert_held(fixture, "shop", "10.1.2.3", wide);
        assert_done(end_it(fixture->store, wide, 4711));
        assert_held(fixture, "shop", "10.1.2.3", 0);
}

/* Against trying each range: a look-up that jumps must not jump over one. */
static void R68_addresses_are_found_whatever_lies_between(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        struct network approved[64];
        uint64_t ids[ELEMENTS(approved)];
        size_t n = 0;
        unsigned seed = 1;

        make_customer(fixture->store, "shop");
        for (size_t i = 0; i < ELEMENTS(approved); i++) {
                char text[NETWORK_TEXT_SIZE];

                seed = seed * 1103515245u + 12345u;
                snprintf(text, sizeof(text), "10.%u.%u.%u/%u", seed >> 28, seed >> 24 & 3,
                         seed >> 16 & 255, 8 + (seed >> 8) % 25);
                (void)network_parse(&approved[n], text); /* bits behind the prefix are cut off */
                network_text(text, &approved[n]);
                if (request_at(fixture->store, NOON, alice, "shop", text, &ids[n]) == 0)
                        assert_done(answer(fixture->store, ids[n++], true, 4711));
        }
        assert_true(n > 10);
        for (unsigned i = 0; i < 500; i++) {
                struct network address;
                char text[32];
                uint64_t want = 0;
                int best = -1;

                seed = seed * 1103515245u + 12345u;
                snprintf(text, sizeof(text), "10.%u.%u.%u", seed >> 28, seed >> 24 & 3,
                         seed >> 16 & 255);
                address = range(text);
                for (size_t j = 0; j < n; j++)
                        if (network_contains(&approved[j], &address) && approved[j].prefix > best) {
                                best = approved[j].prefix;
                                want = ids[j];
                        }
                assert_held(fixture, "shop", text, want);
        }
}

struct listed {
        uint64_t ids[32];
        size_t n;
};

static int note(void *userdata, const struct approval *approval)
{
        struct listed *listed = userdata;

        assert_true(listed->n < ELEMENTS(listed->ids));
        listed->ids[listed->n++] = approval->id;
        return 0;
}

/* In pages of two. */
static struct listed list_at(struct fixture *fixture, uint64_t now_usec, const char *customer,
                             int status)
{
        struct approval_filter filter = {.customer = customer, .status = status, .limit = 2};
        struct listed listed = {0};
        struct tx tx = {0};

        assert_done(tx_begin_read(&tx, fixture->store, now_usec));
        do
                assert_done(approval_list(&tx, &filter, note, &listed, &filter.before));
        while (filter.before != 0);
        tx_end(&tx);
        return listed;
}

static void R68_lists_show_each_once_the_newest_first(void **state)
{
        static const char *const customers[] = {"shop", NULL};
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        uint64_t ids[6];

        make_customer(fixture->store, "shop");
        for (unsigned i = 0; i < ELEMENTS(ids); i++) {
                char text[32];

                snprintf(text, sizeof(text), "192.0.2.%u", i);
                ids[i] = request(fixture, alice, "shop", text);
        }
        assert_done(answer(fixture->store, ids[1], true, 4711));
        assert_done(answer(fixture->store, ids[2], false, 4711));
        assert_done(answer(fixture->store, ids[3], true, 4711));
        assert_done(end_it(fixture->store, ids[3], 4711));
        assert_done(end_it(fixture->store, ids[4], alice)); /* taken back */
        for (size_t c = 0; c < ELEMENTS(customers); c++) {
                struct listed all = list_at(fixture, NOON, customers[c], -1),
                              pending = list_at(fixture, NOON, customers[c], APPROVAL_PENDING),
                              expired = list_at(fixture, NOON, customers[c], APPROVAL_EXPIRED),
                              late = list_at(fixture, NOON + WEEK, customers[c], APPROVAL_EXPIRED),
                              revoked = list_at(fixture, NOON, customers[c], APPROVAL_REVOKED);

                assert_int_equal(all.n, ELEMENTS(ids));
                for (size_t i = 0; i < all.n; i++)
                        assert_int_equal(all.ids[i], ids[ELEMENTS(ids) - 1 - i]);
                assert_int_equal(pending.n, 2);
                assert_int_equal(pending.ids[0], ids[5]);
                assert_int_equal(pending.ids[1], ids[0]);
                assert_int_equal(expired.n, 0);
                assert_int_equal(late.n, 2);
                assert_int_equal(late.ids[0], ids[5]);
                assert_int_equal(revoked.n, 2);
                assert_int_equal(list_at(fixture, NOON + WEEK, customers[c], APPROVAL_PENDING).n,
                                 0);
        }
        assert_int_equal(list_at(fixture, NOON, "cafe", -1).n, 0);
}

static int ignore(void *userdata, const struct approval *approval)
{
        assert_true(!userdata && approval);
        return 0;
}

static void list_every_way(struct tx *tx)
{
        for (int status = -1; status < APPROVAL_STATUSES; status++) {
                struct approval_filter filter = {.status = status, .limit = 5};
                uint64_t next;

                assert_done(approval_list(tx, &filter, ignore, NULL, &next));
                filter.customer = "shop";
                assert_done(approval_list(tx, &filter, ignore, NULL, &next));
        }
}

static void approvals_are_found_by_index(void **state)
{
        struct fixture *fixture = *state;
        uint32_t n, alice = make_user(fixture->store, "alice");
        struct approval approval = {.customer = "shop",
                                    .network = range("10.0.0.0/8"),
                                    .requester_uid = alice,
                                    .expires_usec = NOON + WEEK};
        const struct network address = range("10.1.2.3");
        struct tx tx = {0};
        uint64_t id, other, next;

        make_customer(fixture->store, "shop");
        start_listening(fixture);
        begin(&tx, fixture->store);
        assert_done(approval_insert(&tx, &approval, &id));
        approval.network = range("2001:db8::/32");
        assert_done(approval_insert(&tx, &approval, &other));
        assert_done(approval_find_expired(&tx, "shop", &next));
        assert_done(approval_overdue(&tx, &next));
        assert_done(approval_set_expired(&tx, other));
        assert_done(approval_count(tx.store, "shop", APPROVAL_PENDING, 20, &n));
        assert_done(approval_load(&tx, id, &approval));
        list_every_way(&tx);
        assert_done(approval_answer(&tx, id, true, 4711, ""));
        assert_done(approval_find_address(tx.store, "shop", &address, &other));
        assert_done(approval_untaken(tx.store, alice, "shop", 9, &n));
        assert_done(approval_take(&tx, id));
        assert_done(approval_revoke(&tx, id, 4711, ""));
        assert_done(token_end_of_approval(&tx, id));
        commit(&tx);
        check_heard(fixture, 20);
}

/* The cost of a look-up is bounded by the lengths of prefixes, not by how many ranges there are. */
static void R68_a_look_up_costs_the_same_among_many(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        const struct network address = range("10.1.0.0");
        struct tx tx = {0};
        uint64_t found;

        make_customer(fixture->store, "shop");
        begin(&tx, fixture->store);
        for (unsigned i = 0; i < 1000; i++) {
                struct approval approval = {
                        .customer = "shop", .requester_uid = alice, .expires_usec = NOON + WEEK};
                char text[32];
                uint64_t id;

                snprintf(text, sizeof(text), "10.0.%u.%u", i / 250, i % 250);
                approval.network = range(text);
                assert_done(approval_insert(&tx, &approval, &id));
                assert_done(approval_answer(&tx, id, true, 4711, ""));
        }
        commit(&tx);
        start_listening(fixture);
        assert_done(approval_find_address(fixture->store, "shop", &address, &found));
        assert_int_equal(found, 0);
        check_heard_runs(2); /* the last one before it, and what would hold both */
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
                STORE_TEST(R68_approved_ranges_alone_hold_addresses),
                STORE_TEST(R68_addresses_are_found_whatever_lies_between),
                STORE_TEST(R68_lists_show_each_once_the_newest_first),
                STORE_TEST(approvals_are_found_by_index),
                STORE_TEST(R68_a_look_up_costs_the_same_among_many),
                STORE_TEST(R67_of_answers_at_the_same_moment_one_counts),
                STORE_TEST(R67_an_answer_that_was_cut_off_never_was),
                STORE_TEST(R67_an_answer_ends_the_tokens_of_its_request_alone),
        };

        return cmocka_run_group_tests_name("approvals", tests, NULL, NULL);
}
