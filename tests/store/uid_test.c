/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uids that are asked for by number, and parts of a transaction that are undone alone. */
#include "bo-accountd/store/uid.h"
#include "tests/store/fixture.h"

static int claim(struct fixture *fixture, uint32_t uid)
{
        struct tx tx = {0};
        int r;

        begin(&tx, fixture->store);
        r = uid_claim(&tx, uid, UID_FIRST);
        assert_done(r == 0 ? tx_commit(&tx) : (tx_end(&tx), 0));
        return r;
}

/* R17 */
static void a_uid_is_claimed_once_in_whatever_order(void **state)
{
        static const uint32_t order[] = {70005, 70002, 70009, 70000, 70004, 70003, 70001, 70007};
        struct fixture *fixture = *state;
        uint32_t next = 0;

        for (size_t i = 0; i < ELEMENTS(order); i++)
                assert_done(claim(fixture, order[i]));
        for (size_t i = 0; i < ELEMENTS(order); i++)
                assert_int_equal(claim(fixture, order[i]), BO_ERR_NAME_TAKEN);
        assert_done(account_next_uid(fixture->store, UID_FIRST, UID_LAST, &next));
        assert_int_equal(next, 70010);
        assert_int_equal(number_of(fixture, "SELECT SUM(last - first + 1) FROM uid_gap"), 2);
}

/* R17: it may have been somebody's, or of another source of the system. */
static void what_an_import_did_not_pass_over_is_never_claimed(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint32_t uid = make_user(fixture->store, "alice@shop.example");

        assert_int_equal(claim(fixture, uid), BO_ERR_NAME_TAKEN);
        begin(&tx, fixture->store);
        assert_done(account_skip_uid(&tx, 70020));
        assert_done(tx_commit(&tx));
        assert_int_equal(claim(fixture, 70015), BO_ERR_NAME_TAKEN);
        assert_done(claim(fixture, 70030));
        begin(&tx, fixture->store);
        assert_done(uid_forget_gaps(&tx));
        assert_done(tx_commit(&tx));
        assert_int_equal(claim(fixture, 70025), BO_ERR_NAME_TAKEN);
}

static void what_is_undone_alone_is_not_committed_with_the_rest(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "alice@shop.example"};
        struct nss_state before, after;
        struct tx tx = {0};

        assert_done(nss_state(fixture->store, &before));
        begin(&tx, fixture->store);
        assert_done(tx_mark(&tx));
        assert_done(account_put(&tx, &account, 70000));
        assert_done(tx_undo(&tx));
        assert_done(tx_mark(&tx));
        assert_done(account_put(&tx, &account, 70001));
        assert_done(tx_keep(&tx));
        assert_done(tx_commit(&tx));
        assert_int_equal(number_of(fixture, "SELECT uid FROM name"), 70001);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM account"), 1);
        assert_done(nss_state(fixture->store, &after));
        assert_int_equal(after.generation, before.generation + 1);
}

int run_uid_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_uid_is_claimed_once_in_whatever_order),
                STORE_TEST(what_an_import_did_not_pass_over_is_never_claimed),
                STORE_TEST(what_is_undone_alone_is_not_committed_with_the_rest),
        };

        return cmocka_run_group_tests_name("uid", tests, NULL, NULL);
}
