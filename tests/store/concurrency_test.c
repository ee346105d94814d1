/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many workers, each with a connection: nobody is turned away, nothing is accepted twice. */
#include "tests/store/fixture.h"

#define WRITERS 8
#define EACH    25
#define RACERS  32
#define RACES   10
#define STEP(n) ((uint64_t)(n) + 100)

static const unsigned char sealed[TOTP_SEALED_BYTES] = {1};
static const unsigned char token_hash[KEYED_HASH_BYTES] = {1};
static const unsigned char other_hash[KEYED_HASH_BYTES] = {2};

/* How many of its writes succeeded. */
static int write_many(struct fixture *fixture, int number)
{
        struct store *store = NULL;
        int done = 0;

        if (store_open(&store, fixture->where, fixture->keys) != 0)
                return 0;
        for (int i = 0; i < EACH; i++) {
                struct account account = {.home = "/home/x", .shell = "/bin/bash"};
                struct tx tx = {0};
                uint32_t uid;
                int r = tx_begin_write(&tx, store, NOON);

                snprintf(account.name, sizeof(account.name), "user-%d-%d", number, i);
                if (r == 0)
                        r = account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid);
                if (r == 0)
                        r = audit_append(&tx, &(struct audit_entry){.event = "user-created"});
                if (r == 0)
                        r = tx_commit(&tx);
                tx_end(&tx);
                done += r == 0;
        }
        store_close(store);
        return done;
}

static void eight_writers_at_once_all_succeed(void **state)
{
        struct fixture *fixture = *state;
        uint64_t rows, bad;

        assert_int_equal(in_threads(WRITERS, write_many, fixture), WRITERS * EACH);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM account"), WRITERS * EACH);
        assert_int_equal(number_of(fixture, "SELECT MAX(uid) FROM account"),
                         UID_FIRST + WRITERS * EACH - 1);
        assert_done(audit_verify(fixture->store, &rows, &bad));
        assert_int_equal(rows, WRITERS * EACH);
}

static int run_race(struct fixture *fixture, int (*attempt)(struct tx *tx, uint64_t step))
{
        struct store *store = NULL;
        int won = 0;

        if (store_open(&store, fixture->where, fixture->keys) != 0)
                return -1000;
        for (uint64_t race = 0; race < RACES; race++) {
                struct tx tx = {0};
                int r = tx_begin_write(&tx, store, NOON);

                if (r == 0)
                        r = attempt(&tx, STEP(race));
                if (r == 0)
                        r = tx_commit(&tx);
                tx_end(&tx);
                if (r < 0)
                        return -1000;
                won += r == 0;
        }
        store_close(store);
        return won;
}

static int accept_step(struct tx *tx, uint64_t step)
{
        return otp_accept_step(tx, UID_FIRST, step);
}

static int race_for_steps(struct fixture *fixture, int number)
{
        assert_true(number >= 0);
        return run_race(fixture, accept_step);
}

/* Each of them tries every step; a step can be passed over by a quicker one, never won twice. */
static void a_code_is_accepted_once_among_32(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        int won;

        make_user(fixture->store, "alice");
        begin(&tx, fixture->store);
        assert_done(otp_begin(&tx, UID_FIRST, sealed));
        assert_done(otp_confirm(&tx, UID_FIRST, sealed, 1));
        commit(&tx);
        won = in_threads(RACERS, race_for_steps, fixture);
        assert_in_range(won, 1, RACES);
        assert_int_equal(number_of(fixture, "SELECT last_step FROM otp"), STEP(RACES - 1));
}

static int use_token(struct tx *tx, uint64_t step)
{
        assert_true(step > 0);
        return token_use(tx, token_hash);
}

static int race_for_token(struct fixture *fixture, int number)
{
        assert_true(number >= 0);
        return run_race(fixture, use_token);
}

static void a_token_is_used_once_among_32(void **state)
{
        struct fixture *fixture = *state;
        struct token_row token = {.uid = UID_FIRST, .expires_usec = NOON + 1};
        struct tx tx = {0};

        make_user(fixture->store, "alice");
        memcpy(token.hash, token_hash, sizeof(token_hash));
        begin(&tx, fixture->store);
        assert_done(token_insert(&tx, &token));
        commit(&tx);
        assert_int_equal(in_threads(RACERS, race_for_token, fixture), 1);
}

static int use_recovery_code(struct tx *tx, uint64_t step)
{
        assert_true(step > 0);
        return recovery_use(tx, UID_FIRST, token_hash);
}

static int race_for_recovery_code(struct fixture *fixture, int number)
{
        assert_true(number >= 0);
        return run_race(fixture, use_recovery_code);
}

/* R62 */
static void a_recovery_code_is_used_once_among_32(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint32_t left = 99;

        make_user(fixture->store, "alice");
        begin(&tx, fixture->store);
        assert_done(recovery_insert(&tx, UID_FIRST, token_hash));
        assert_done(recovery_insert(&tx, UID_FIRST, other_hash));
        commit(&tx);
        assert_int_equal(in_threads(RACERS, race_for_recovery_code, fixture), 1);
        assert_done(recovery_left(fixture->store, UID_FIRST, &left));
        assert_int_equal(left, 1);
}

static void a_reader_keeps_its_view_and_stops_no_writer(void **state)
{
        struct fixture *fixture = *state;
        struct store *other = another_connection(fixture);
        struct account account;
        struct tx tx = {0};

        assert_done(tx_begin_read(&tx, fixture->store, NOON));
        assert_int_equal(account_by_name(fixture->store, "alice", &account), BO_ERR_NO_SUCH_USER);
        make_user(other, "alice");
        assert_int_equal(account_by_name(fixture->store, "alice", &account), BO_ERR_NO_SUCH_USER);
        assert_done(store_checkpoint(other));
        tx_end(&tx);
        assert_done(account_by_name(fixture->store, "alice", &account));
        store_close(other);
}

static void a_second_writer_waits_no_longer_than_bounded(void **state)
{
        struct fixture *fixture = *state;
        struct store *other = another_connection(fixture);
        uint64_t began = clock_monotonic_usec();
        struct tx tx = {0}, second = {0};

        begin(&tx, fixture->store);
        assert_int_equal(tx_begin_write(&second, other, NOON), -EBUSY);
        assert_in_range(clock_monotonic_usec() - began, USEC_PER_SEC, 10 * USEC_PER_SEC);
        commit(&tx);
        begin(&second, other);
        commit(&second);
        store_close(other);
}

static void one_connection_has_one_transaction(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0}, second = {0};

        begin(&tx, fixture->store);
        assert_int_equal(tx_begin_read(&second, fixture->store, NOON), -EBUSY);
        assert_int_equal(tx_begin_write(&second, fixture->store, NOON), -EBUSY);
        add_user(&tx, "alice");
        commit(&tx);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM account"), 1);
}

int run_concurrency_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(eight_writers_at_once_all_succeed),
                STORE_TEST(a_code_is_accepted_once_among_32),
                STORE_TEST(a_token_is_used_once_among_32),
                STORE_TEST(a_recovery_code_is_used_once_among_32),
                STORE_TEST(a_reader_keeps_its_view_and_stops_no_writer),
                STORE_TEST(a_second_writer_waits_no_longer_than_bounded),
                STORE_TEST(one_connection_has_one_transaction),
        };

        return cmocka_run_group_tests_name("concurrency", tests, NULL, NULL);
}
