/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for addresses as the tests of the store make and answer them. */
#include "tests/store/approval_fixture.h"

struct network range(const char *text)
{
        struct network network;

        assert_done(network_parse(&network, text));
        return network;
}

int request_at(struct store *store, uint64_t now_usec, uint32_t uid, const char *customer,
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

uint64_t request(struct fixture *fixture, uint32_t uid, const char *customer, const char *text)
{
        uint64_t id = 0;

        assert_done(request_at(fixture->store, NOON, uid, customer, text, &id));
        assert_true(id > 0);
        return id;
}

struct approval load_at(struct store *store, uint64_t now_usec, uint64_t id)
{
        struct approval approval;
        struct tx tx = {0};

        assert_done(tx_begin_read(&tx, store, now_usec));
        assert_done(approval_load(&tx, id, &approval));
        tx_end(&tx);
        return approval;
}

int answer(struct store *store, uint64_t id, bool yes, uint32_t by)
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

int end_it(struct store *store, uint64_t id, uint32_t by)
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

int take(struct store *store, uint64_t id)
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

void assert_held(struct fixture *fixture, const char *customer, const char *address, uint64_t id)
{
        struct network network = range(address);
        uint64_t found = 1000;

        assert_done(approval_find_address(fixture->store, customer, &network, &found));
        assert_int_equal(found, id);
}
