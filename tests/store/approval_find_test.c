/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* R68: approved ranges are found by the addresses they hold, requests are listed, both by an index.
 */
#include "tests/store/approval_fixture.h"
#include "tests/store/plan.h"

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

int run_approval_find_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(R68_approved_ranges_alone_hold_addresses),
                STORE_TEST(R68_addresses_are_found_whatever_lies_between),
                STORE_TEST(R68_lists_show_each_once_the_newest_first),
                STORE_TEST(approvals_are_found_by_index),
                STORE_TEST(R68_a_look_up_costs_the_same_among_many),
        };

        return cmocka_run_group_tests_name("approvals found", tests, NULL, NULL);
}
