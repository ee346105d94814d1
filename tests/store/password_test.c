/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords: kept with their history, changed, hashed anew and dropped. */
#include "tests/store/fixture.h"

struct history {
        size_t n;
        char hashes[8][8];
        uint64_t replaced_usec[8];
};

static int note(void *userdata, size_t index, const char *hash, uint64_t replaced_usec)
{
        struct history *history = userdata;

        assert_int_equal(index, history->n);
        assert_true(index < ELEMENTS(history->hashes));
        snprintf(history->hashes[index], sizeof(history->hashes[index]), "%s", hash);
        history->replaced_usec[index] = replaced_usec;
        history->n++;
        return 0;
}

static void set_passwords(struct store *store, uint32_t uid, int n)
{
        for (int i = 1; i <= n; i++) {
                struct tx tx = {0};
                char hash[8];

                snprintf(hash, sizeof(hash), "h%d", i);
                assert_done(tx_begin_write(&tx, store, NOON + (uint64_t)i));
                assert_done(account_set_password(&tx, uid, hash, i == 1));
                commit(&tx);
        }
}

/* R45, R46 */
static void old_passwords_are_kept_newest_first_with_their_end(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct history history = {0};

        assert_done(account_password_history(fixture->store, uid, note, &history));
        assert_int_equal(history.n, 0);
        set_passwords(fixture->store, uid, 3);
        assert_done(account_password_history(fixture->store, uid, note, &history));
        assert_int_equal(history.n, 3);
        assert_string_equal(history.hashes[0], "h3");
        assert_int_equal(history.replaced_usec[0], 0);
        assert_string_equal(history.hashes[1], "h2");
        assert_int_equal(history.replaced_usec[1], NOON + 3);
        assert_string_equal(history.hashes[2], "h1");
        assert_int_equal(history.replaced_usec[2], NOON + 2);
}

/* R24: the first password activates, later ones leave the time of it. */
static void a_password_activates_once_and_raises_the_credential_epoch(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account before, after;

        assert_done(account_by_uid(fixture->store, uid, &before));
        assert_int_equal(before.activated_usec, 0);
        set_passwords(fixture->store, uid, 1);
        assert_done(account_by_uid(fixture->store, uid, &after));
        assert_int_equal(after.activated_usec, NOON + 1);
        assert_int_equal(after.password_changed_usec, NOON + 1);
        assert_true(after.must_change);
        assert_int_equal(after.credential_epoch, before.credential_epoch + 1);

        set_passwords(fixture->store, uid, 2);
        assert_done(account_by_uid(fixture->store, uid, &after));
        assert_int_equal(after.activated_usec, NOON + 1);
        assert_int_equal(after.password_changed_usec, NOON + 2);
        assert_false(after.must_change);
        assert_int_equal(after.credential_epoch, before.credential_epoch + 3);
}

static void a_rehash_is_no_change_of_password(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account before, after;
        struct tx tx = {0};

        set_passwords(fixture->store, uid, 1);
        assert_done(account_by_uid(fixture->store, uid, &before));
        assert_done(tx_begin_write(&tx, fixture->store, NOON + 9));
        assert_done(account_rehash(&tx, uid, "another", "h9")); /* changed in the meantime */
        assert_done(account_by_uid(fixture->store, uid, &after));
        assert_string_equal(after.password_hash, "h1");
        assert_done(account_rehash(&tx, uid, "h1", "h9"));
        commit(&tx);
        assert_done(account_by_uid(fixture->store, uid, &after));
        assert_string_equal(after.password_hash, "h9");
        assert_int_equal(after.password_changed_usec, before.password_changed_usec);
        assert_int_equal(after.credential_epoch, before.credential_epoch);
}

/* R46, R47: what one of both rules may ask for stays. */
static void history_is_trimmed_only_beyond_number_and_time(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct history history = {0};
        struct tx tx = {0};

        set_passwords(fixture->store, uid, 6); /* h1 replaced at NOON + 2 ... h5 at NOON + 6 */
        begin(&tx, fixture->store);
        assert_done(account_trim_history(&tx, uid, 2, NOON + 3));
        commit(&tx);
        assert_done(account_password_history(fixture->store, uid, note, &history));
        assert_int_equal(history.n, 5);
        assert_string_equal(history.hashes[4], "h2");

        history.n = 0;
        begin(&tx, fixture->store);
        assert_done(account_trim_history(&tx, uid, 2, NOON + 99));
        commit(&tx);
        assert_done(account_password_history(fixture->store, uid, note, &history));
        assert_int_equal(history.n, 3);
        assert_string_equal(history.hashes[2], "h4");
}

static int first_hash(void *userdata, size_t index, const char *hash, uint64_t replaced_usec)
{
        snprintf(userdata, PASSWORD_HASH_SIZE, "%zu:%s:%d", index, hash, replaced_usec == NOON);
        return 1;
}

/* R44, R45 */
static void a_dropped_password_is_in_the_history_and_activation_begins_anew(void **state)
{
        struct fixture *fixture = *state;
        struct token_row token = {.purpose = TOKEN_RESET, .expires_usec = NOON + 1};
        char first[PASSWORD_HASH_SIZE];
        struct account before, after;
        struct tx tx = {0};
        uint32_t uid = make_user(fixture->store, "ann");

        token.uid = uid;
        begin(&tx, fixture->store);
        assert_done(account_set_password(&tx, uid, "h1", false));
        assert_done(token_insert(&tx, &token));
        assert_done(account_by_uid(fixture->store, uid, &before));
        assert_done(account_drop_password(&tx, uid));
        commit(&tx);

        assert_done(account_by_uid(fixture->store, uid, &after));
        assert_string_equal(after.password_hash, "");
        assert_int_equal(after.activated_usec, 0);
        assert_int_equal(after.credential_epoch, before.credential_epoch + 1);
        assert_int_equal(account_password_history(fixture->store, uid, first_hash, first), 1);
        assert_string_equal(first, "0:h1:1");
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM token WHERE used_usec = 0"), 0);

        begin(&tx, fixture->store);
        assert_int_equal(account_drop_password(&tx, 5), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
}

int run_password_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(old_passwords_are_kept_newest_first_with_their_end),
                STORE_TEST(a_password_activates_once_and_raises_the_credential_epoch),
                STORE_TEST(a_rehash_is_no_change_of_password),
                STORE_TEST(history_is_trimmed_only_beyond_number_and_time),
                STORE_TEST(a_dropped_password_is_in_the_history_and_activation_begins_anew),
        };

        return cmocka_run_group_tests_name("password", tests, NULL, NULL);
}
