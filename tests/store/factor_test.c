/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens, second factors and failed attempts: each good, or counted, exactly once. */
#include "tests/store/fixture.h"

static const unsigned char token_hash[KEYED_HASH_BYTES] = {1};
static const unsigned char other_hash[KEYED_HASH_BYTES] = {2};
static const unsigned char sealed[TOTP_SEALED_BYTES] = {3};
static const unsigned char other_sealed[TOTP_SEALED_BYTES] = {4};

static void issue(struct store *store, uint32_t uid, const unsigned char hash[KEYED_HASH_BYTES])
{
        struct token_row token = {.purpose = TOKEN_RESET,
                                  .uid = uid,
                                  .expires_usec = NOON + 10,
                                  .by_admin = true,
                                  .issuer_uid = 7};
        struct tx tx = {0};

        memcpy(token.hash, hash, sizeof(token.hash));
        begin(&tx, store);
        assert_done(token_insert(&tx, &token));
        commit(&tx);
}

static void a_token_comes_back_bound_to_the_credential_epoch(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct token_row found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_set_password(&tx, uid, "h", false));
        commit(&tx);
        issue(fixture->store, uid, token_hash);
        reopen(fixture);
        assert_done(token_load(fixture->store, token_hash, &found));
        assert_memory_equal(found.hash, token_hash, sizeof(token_hash));
        assert_int_equal(found.purpose, TOKEN_RESET);
        assert_int_equal(found.uid, uid);
        assert_int_equal(found.credential_epoch, 1);
        assert_int_equal(found.issued_usec, NOON);
        assert_int_equal(found.expires_usec, NOON + 10);
        assert_int_equal(found.clock_epoch, 1);
        assert_int_equal(found.used_usec, 0);
        assert_true(found.by_admin);
        assert_int_equal(found.issuer_uid, 7);
        assert_int_equal(token_load(fixture->store, other_hash, &found), BO_ERR_WRONG_CREDENTIALS);
}

static void a_token_is_good_once(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        issue(fixture->store, make_user(fixture->store, "alice"), token_hash);
        begin(&tx, fixture->store);
        assert_int_equal(token_use(&tx, other_hash), BO_ERR_WRONG_CREDENTIALS);
        assert_done(token_use(&tx, token_hash));
        commit(&tx);
        reopen(fixture);
        begin(&tx, fixture->store);
        assert_int_equal(token_use(&tx, token_hash), BO_ERR_WRONG_CREDENTIALS);
        tx_end(&tx);
}

static uint64_t used_usec(struct store *store, const unsigned char hash[KEYED_HASH_BYTES])
{
        struct token_row found;

        assert_done(token_load(store, hash, &found));
        return found.used_usec;
}

static void tokens_end_together_or_with_the_password(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice"), bob = make_user(fixture->store, "bob");
        const unsigned char third[KEYED_HASH_BYTES] = {3}, fourth[KEYED_HASH_BYTES] = {4};
        struct tx tx = {0};
        unsigned ended;

        issue(fixture->store, uid, token_hash);
        issue(fixture->store, bob, third);
        issue(fixture->store, uid, fourth);
        assert_int_equal(used_usec(fixture->store, token_hash), 0);
        begin(&tx, fixture->store);
        assert_done(token_end_all(&tx, uid, &ended));
        assert_int_equal(ended, 2);
        assert_done(token_end_all(&tx, uid, &ended));
        assert_int_equal(ended, 0);
        commit(&tx);
        assert_int_equal(used_usec(fixture->store, token_hash), NOON);
        assert_int_equal(used_usec(fixture->store, fourth), NOON);
        assert_int_equal(used_usec(fixture->store, third), 0);
        issue(fixture->store, uid, other_hash);
        assert_int_equal(used_usec(fixture->store, other_hash), 0);
        begin(&tx, fixture->store);
        assert_done(account_set_password(&tx, uid, "h", false));
        commit(&tx);
        assert_int_equal(used_usec(fixture->store, other_hash), NOON);
        assert_int_equal(used_usec(fixture->store, third), 0);
}

static void a_token_for_nobody_is_refused(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_int_equal(token_insert(&tx, &(struct token_row){.uid = 5}), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
}

static void expired_tokens_are_swept(void **state)
{
        struct fixture *fixture = *state;
        struct token_row found;
        struct tx tx = {0};

        issue(fixture->store, make_user(fixture->store, "alice"), token_hash);
        begin(&tx, fixture->store);
        assert_done(token_sweep(&tx, NOON + 10));
        assert_done(token_load(fixture->store, token_hash, &found));
        assert_done(token_sweep(&tx, NOON + 11));
        assert_int_equal(token_load(fixture->store, token_hash, &found), BO_ERR_WRONG_CREDENTIALS);
        commit(&tx);
}

/* R56: on only after a code of the very secret that was begun last. */
static void a_factor_is_on_when_confirmed(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account account;
        struct tx tx = {0};
        struct otp otp;

        assert_int_equal(otp_load(fixture->store, uid, &otp), BO_ERR_OTP_NOT_BEGUN);
        begin(&tx, fixture->store);
        assert_done(otp_begin(&tx, uid, sealed));
        assert_done(otp_begin(&tx, uid, other_sealed));
        assert_int_equal(otp_confirm(&tx, uid, sealed, 5), BO_ERR_OTP_NOT_BEGUN);
        assert_int_equal(otp_accept_step(&tx, uid, 9), BO_ERR_WRONG_CREDENTIALS);
        assert_done(account_by_uid(fixture->store, uid, &account));
        assert_false(account.otp_on);
        assert_done(otp_confirm(&tx, uid, other_sealed, 5));
        assert_int_equal(otp_begin(&tx, uid, sealed), BO_ERR_OTP_ALREADY_ON);
        commit(&tx);
        reopen(fixture);

        assert_done(account_by_uid(fixture->store, uid, &account));
        assert_true(account.otp_on);
        assert_done(otp_load(fixture->store, uid, &otp));
        assert_memory_equal(otp.sealed, other_sealed, sizeof(other_sealed));
        assert_true(otp.confirmed);
        assert_int_equal(otp.last_step, 5);
        assert_int_equal(otp.clock_epoch, 1);
}

/* RFC 6238 5.2: never the same or an older step twice. */
static void a_step_is_accepted_once_and_never_an_older_one(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(otp_begin(&tx, uid, sealed));
        assert_done(otp_confirm(&tx, uid, sealed, 5));
        assert_int_equal(otp_accept_step(&tx, uid, 5), BO_ERR_WRONG_CREDENTIALS);
        assert_done(otp_accept_step(&tx, uid, 7));
        commit(&tx);
        reopen(fixture);
        begin(&tx, fixture->store);
        assert_int_equal(otp_accept_step(&tx, uid, 7), BO_ERR_WRONG_CREDENTIALS);
        assert_int_equal(otp_accept_step(&tx, uid, 6), BO_ERR_WRONG_CREDENTIALS);
        assert_done(otp_accept_step(&tx, uid, 8));
        assert_done(otp_delete(&tx, uid));
        assert_int_equal(otp_accept_step(&tx, uid, 9), BO_ERR_WRONG_CREDENTIALS);
        commit(&tx);
}

/* R62 */
static void a_recovery_code_is_good_once_for_its_user(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice"), left = 99;
        uint32_t bob = make_user(fixture->store, "bob");
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(recovery_insert(&tx, alice, token_hash));
        assert_done(recovery_insert(&tx, alice, other_hash));
        assert_done(recovery_insert(&tx, bob, token_hash));
        assert_done(recovery_use(&tx, alice, token_hash));
        assert_int_equal(recovery_use(&tx, bob, other_hash), BO_ERR_WRONG_CREDENTIALS);
        commit(&tx);
        reopen(fixture);
        begin(&tx, fixture->store);
        assert_int_equal(recovery_use(&tx, alice, token_hash), BO_ERR_WRONG_CREDENTIALS);
        assert_done(recovery_use(&tx, bob, token_hash));
        assert_done(recovery_left(fixture->store, alice, &left));
        assert_int_equal(left, 1);
        assert_done(recovery_delete(&tx, alice));
        assert_int_equal(recovery_use(&tx, alice, other_hash), BO_ERR_WRONG_CREDENTIALS);
        assert_done(recovery_left(fixture->store, alice, &left));
        assert_int_equal(left, 0);
        commit(&tx);
}

static struct lockout_state lockout_of(struct store *store, const char *subject)
{
        struct lockout_state found = {99, 99};

        assert_done(lockout_load(store, subject, &found));
        return found;
}

/* R38 */
static void failures_are_kept_for_each_subject_until_cleared(void **state)
{
        struct fixture *fixture = *state;
        char user[LOCKOUT_SUBJECT_SIZE], otp[LOCKOUT_SUBJECT_SIZE], name[LOCKOUT_SUBJECT_SIZE];
        struct tx tx = {0};

        lockout_subject_user(user, 70000);
        lockout_subject_otp(otp, 70000);
        lockout_subject_name(name, "nobody", fixture->keys);
        assert_int_equal(lockout_of(fixture->store, user).failures, 0);
        begin(&tx, fixture->store);
        assert_done(lockout_save(&tx, user, &(struct lockout_state){3, 0}));
        assert_done(lockout_save(&tx, otp, &(struct lockout_state){5, 0}));
        assert_done(lockout_save(&tx, name, &(struct lockout_state){6, NOON}));
        assert_done(lockout_save(&tx, user, &(struct lockout_state){4, NOON}));
        commit(&tx);
        reopen(fixture);
        assert_int_equal(lockout_of(fixture->store, user).failures, 4);
        assert_int_equal(lockout_of(fixture->store, user).locked_at_usec, NOON);
        assert_int_equal(lockout_of(fixture->store, otp).failures, 5);
        assert_int_equal(lockout_of(fixture->store, name).failures, 6);
        begin(&tx, fixture->store);
        assert_done(lockout_clear(&tx, user));
        assert_done(lockout_clear(&tx, user));
        commit(&tx);
        assert_int_equal(lockout_of(fixture->store, user).failures, 0);
        assert_int_equal(lockout_of(fixture->store, otp).failures, 5);
}

/* They may be passwords typed at the wrong prompt. */
static void unknown_names_are_not_kept_in_clear(void **state)
{
        struct fixture *fixture = *state;
        char subject[LOCKOUT_SUBJECT_SIZE], other[LOCKOUT_SUBJECT_SIZE];

        lockout_subject_name(subject, "correct-horse", fixture->keys);
        lockout_subject_name(other, "correct-horsf", fixture->keys);
        assert_null(strstr(subject, "horse"));
        assert_int_equal(strlen(subject), 2 + 2 * KEYED_HASH_BYTES);
        assert_string_not_equal(subject, other);
}

static void save_names(struct tx *tx, int from, int n)
{
        for (int i = from; i < from + n; i++) {
                char subject[LOCKOUT_SUBJECT_SIZE];

                snprintf(subject, sizeof(subject), "n:%08x", i);
                assert_done(lockout_save(tx, subject, &(struct lockout_state){1, 0}));
        }
}

static void unknown_names_are_bounded_and_the_oldest_go_first(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        save_names(&tx, 0, 10);
        assert_done(lockout_save(&tx, "u:70000", &(struct lockout_state){1, 0}));
        commit(&tx);
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 1));
        save_names(&tx, 10, 99995);
        commit(&tx);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM lockout WHERE unknown = 1"),
                         100000);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM lockout WHERE unknown = 1"
                                            " AND subject < 'n:0000000a'"),
                         5);
        assert_int_equal(lockout_of(fixture->store, "u:70000").failures, 1);
}

static void a_sweep_takes_old_locks_of_unknown_names_alone(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        save_names(&tx, 0, 3); /* a count that stands must go on like that of a user */
        assert_done(lockout_save(&tx, "n:locked", &(struct lockout_state){6, NOON}));
        assert_done(lockout_save(&tx, "n:again", &(struct lockout_state){6, NOON}));
        assert_done(lockout_save(&tx, "u:70000", &(struct lockout_state){6, NOON}));
        commit(&tx);
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_done(lockout_save(&tx, "n:again", &(struct lockout_state){6, NOON + 5}));
        assert_done(lockout_sweep(&tx, NOON + 1));
        commit(&tx);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM lockout"), 5);
        assert_int_equal(number_of(fixture, "SELECT value FROM counter"
                                            " WHERE name = 'lockout-names'"),
                         4);
        assert_int_equal(lockout_of(fixture->store, "n:locked").failures, 0);
        assert_int_equal(lockout_of(fixture->store, "n:again").failures, 6);
}

int run_factor_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(a_token_comes_back_bound_to_the_credential_epoch),
                STORE_TEST(a_token_is_good_once),
                STORE_TEST(tokens_end_together_or_with_the_password),
                STORE_TEST(a_token_for_nobody_is_refused),
                STORE_TEST(expired_tokens_are_swept),
                STORE_TEST(a_factor_is_on_when_confirmed),
                STORE_TEST(a_step_is_accepted_once_and_never_an_older_one),
                STORE_TEST(a_recovery_code_is_good_once_for_its_user),
                STORE_TEST(failures_are_kept_for_each_subject_until_cleared),
                STORE_TEST(unknown_names_are_not_kept_in_clear),
                STORE_TEST(unknown_names_are_bounded_and_the_oldest_go_first),
                STORE_TEST(a_sweep_takes_old_locks_of_unknown_names_alone),
        };

        return cmocka_run_group_tests_name("factor", tests, NULL, NULL);
}
