/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox: what waits, when it is due, and what becomes of it. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/mail.h"

#define MINUTE USEC_PER_MIN

static int64_t queue(struct store *store, const char *kind, uint64_t at_usec)
{
        struct mail_row row = {.uid = 70000, .sealed = {1, 2, 3}, .sealed_size = 3};
        struct tx tx = {0};

        snprintf(row.kind, sizeof(row.kind), "%s", kind);
        snprintf(row.recipient, sizeof(row.recipient), "alice@shop.example");
        assert_done(tx_begin_write(&tx, store, at_usec));
        assert_done(mail_take_id(&tx, &row.id));
        assert_done(mail_insert(&tx, &row));
        commit(&tx);
        return row.id;
}

static int note_kind(void *userdata, const struct mail_row *mail)
{
        strcat(userdata, mail->kind);
        strcat(userdata, " ");
        return 0;
}

static void expect_due(struct store *store, uint64_t now_usec, const char *expected)
{
        char kinds[256] = "";

        assert_done(mail_due(store, now_usec, 10, note_kind, kinds));
        assert_string_equal(kinds, expected);
}

static void a_mail_comes_back_as_it_was_queued(void **state)
{
        struct fixture *fixture = *state;
        int64_t id = queue(fixture->store, "reset", NOON);
        struct mail_row found;

        reopen(fixture);
        assert_done(mail_load(fixture->store, id, &found));
        assert_string_equal(found.kind, "reset");
        assert_string_equal(found.recipient, "alice@shop.example");
        assert_int_equal(found.uid, 70000);
        assert_int_equal(found.sealed_size, 3);
        assert_memory_equal(found.sealed, ((unsigned char[]){1, 2, 3}), 3);
        assert_int_equal(found.queued_usec, NOON);
        assert_int_equal(found.attempts, 0);
}

static void those_that_are_due_come_in_order(void **state)
{
        struct fixture *fixture = *state;
        int64_t first = queue(fixture->store, "reset", NOON);
        uint64_t due;
        struct tx tx = {0};

        queue(fixture->store, "locked", NOON + 1);
        expect_due(fixture->store, NOON, "reset ");
        expect_due(fixture->store, NOON + 1, "reset locked ");

        assert_done(tx_begin_write(&tx, fixture->store, NOON + 2));
        assert_done(mail_retry(&tx, first, NOON + MINUTE, "451 later"));
        commit(&tx);
        expect_due(fixture->store, NOON + 2, "locked ");
        expect_due(fixture->store, NOON + MINUTE, "locked reset ");
        assert_done(mail_next_due(fixture->store, &due));
        assert_int_equal(due, NOON + 1);
}

static void one_that_is_delivered_is_gone_and_its_number_never_given_again(void **state)
{
        struct fixture *fixture = *state;
        int64_t id = queue(fixture->store, "reset", NOON);
        struct mail_row found;
        struct tx tx = {0};
        uint64_t due;

        begin(&tx, fixture->store);
        assert_done(mail_delivered(&tx, id));
        assert_int_equal(mail_delivered(&tx, id), -ENODATA);
        commit(&tx);
        assert_int_equal(mail_load(fixture->store, id, &found), -ENODATA);
        assert_done(mail_next_due(fixture->store, &due));
        assert_int_equal(due, 0);
        assert_int_equal(queue(fixture->store, "locked", NOON), id + 1);
}

static void one_that_is_given_up_is_listed_without_its_secret_and_swept(void **state)
{
        struct fixture *fixture = *state;
        int64_t id = queue(fixture->store, "reset", NOON);
        char kinds[64] = "";
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(mail_give_up(&tx, id, "550 no such mailbox"));
        assert_int_equal(mail_retry(&tx, id, NOON, "x"), -ENODATA);
        commit(&tx);
        expect_due(fixture->store, NOON + MINUTE, "");
        assert_done(mail_list(fixture->store, 0, 10, note_kind, kinds));
        assert_string_equal(kinds, "reset ");
        assert_int_equal(number_of(fixture, "SELECT length(sealed) FROM mail"), 0);

        begin(&tx, fixture->store);
        assert_done(mail_sweep(&tx, NOON));
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM mail"), 1);
        assert_done(mail_sweep(&tx, NOON + 1));
        commit(&tx);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM mail"), 0);
}

int run_mail_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_mail_comes_back_as_it_was_queued),
                STORE_TEST(those_that_are_due_come_in_order),
                STORE_TEST(one_that_is_delivered_is_gone_and_its_number_never_given_again),
                STORE_TEST(one_that_is_given_up_is_listed_without_its_secret_and_swept),
        };

        return cmocka_run_group_tests_name("mail", tests, NULL, NULL);
}
