/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users: every fact comes back, and what was given once is never given again. */
#include "tests/store/fixture.h"

static void all_facts_come_back_after_reopening(void **state)
{
        struct fixture *fixture = *state;
        struct account made = {
                .name = "alice@shop.example",
                .email = "alice@shop.example",
                .full_name = "Alice of the Shop",
                .home = "/home/alice@shop.example",
                .shell = "/bin/bash",
                .verified = true,
                .is_api = true,
                .activated_usec = NOON - 1,
                .password_hash = "$argon2id$",
                .password_changed_usec = NOON - 2,
                .must_change = true,
                .last_login_usec = NOON - 3,
                .admin_reset_usec = NOON - 4,
                .idle_marked_usec = NOON - 5,
        };
        struct account found;
        struct tx tx = {0};
        uint32_t uid;

        begin(&tx, fixture->store);
        assert_done(account_insert(&tx, &made, UID_FIRST, UID_LAST, &uid));
        commit(&tx);
        reopen(fixture);

        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.uid, UID_FIRST);
        assert_string_equal(found.name, made.name);
        assert_string_equal(found.email, made.email);
        assert_string_equal(found.full_name, made.full_name);
        assert_string_equal(found.home, made.home);
        assert_string_equal(found.shell, made.shell);
        assert_true(found.verified && found.is_api && found.must_change);
        assert_false(found.otp_on);
        assert_int_equal(found.created_usec, NOON);
        assert_int_equal(found.activated_usec, NOON - 1);
        assert_int_equal(found.deactivated_usec, 0);
        assert_string_equal(found.password_hash, made.password_hash);
        assert_int_equal(found.password_changed_usec, NOON - 2);
        assert_int_equal(found.last_login_usec, NOON - 3);
        assert_int_equal(found.admin_reset_usec, NOON - 4);
        assert_int_equal(found.idle_marked_usec, NOON - 5);
}

static void a_user_is_found_by_name_and_no_other_is(void **state)
{
        struct fixture *fixture = *state;
        struct account found;
        uint32_t uid;

        make_user(fixture->store, "alice@shop.example");
        uid = make_user(fixture->store, "bob@shop.example");

        assert_done(account_by_name(fixture->store, "bob@shop.example", &found));
        assert_int_equal(found.uid, uid);
        assert_int_equal(account_by_name(fixture->store, "bob@shop.exampl", &found),
                         BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_by_uid(fixture->store, uid + 1, &found), BO_ERR_NO_SUCH_USER);
        assert_int_equal(found.uid, uid); /* untouched */
}

static void a_name_in_use_cannot_be_created_again(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "alice@shop.example"};
        struct tx tx = {0};
        uint32_t uid = 0;

        make_user(fixture->store, "alice@shop.example");
        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid),
                         BO_ERR_NAME_TAKEN);
        assert_int_equal(uid, 0);
        tx_end(&tx);
}

/* R43 */
static void a_name_that_was_in_use_is_dead_for_ever(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "k7m2q9xd"};
        struct tx tx = {0};
        uint32_t uid;

        make_user(fixture->store, "k7m2q9xd");
        run_sql(fixture, "UPDATE name SET retired_usec = 1 WHERE name = 'k7m2q9xd'");
        run_sql(fixture, "UPDATE account SET name = 'alice@shop.example'");
        reopen(fixture);

        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &account, UID_FIRST, UID_LAST, &uid),
                         BO_ERR_NAME_TAKEN);
        tx_end(&tx);
}

/* R17 */
static void uids_follow_each_other_and_skip_those_of_other_sources(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};
        uint32_t next;

        assert_int_equal(make_user(fixture->store, "a"), UID_FIRST);
        assert_done(account_next_uid(fixture->store, UID_FIRST, UID_LAST, &next));
        assert_int_equal(next, UID_FIRST + 1);

        begin(&tx, fixture->store);
        assert_done(account_skip_uid(&tx, next));
        assert_done(account_skip_uid(&tx, UID_FIRST)); /* lies behind: changes nothing */
        commit(&tx);
        reopen(fixture);

        assert_done(account_next_uid(fixture->store, UID_FIRST, UID_LAST, &next));
        assert_int_equal(next, UID_FIRST + 2);
        assert_int_equal(make_user(fixture->store, "b"), UID_FIRST + 2);
}

static void a_uid_is_not_given_again_when_its_row_has_gone(void **state)
{
        struct fixture *fixture = *state;

        assert_int_equal(make_user(fixture->store, "a"), UID_FIRST);
        run_sql(fixture, "DELETE FROM account");
        assert_int_equal(make_user(fixture->store, "b"), UID_FIRST + 1);
}

static void an_exhausted_range_is_told(void **state)
{
        struct fixture *fixture = *state;
        struct account account = {.name = "c"};
        struct tx tx = {0};
        uint32_t uid;

        make_user(fixture->store, "a");
        make_user(fixture->store, "b");
        assert_int_equal(account_next_uid(fixture->store, UID_FIRST, UID_FIRST + 1, &uid),
                         BO_ERR_UIDS_EXHAUSTED);
        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &account, UID_FIRST, UID_FIRST + 1, &uid),
                         BO_ERR_UIDS_EXHAUSTED);
        tx_end(&tx);
}

static void deactivated_with_a_reason_until_enabled(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_deactivate(&tx, uid, "left the shop", true));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.deactivated_usec, NOON);
        assert_string_equal(found.deactivated_reason, "left the shop");
        assert_done(account_enable(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.deactivated_usec, 0);
        assert_string_equal(found.deactivated_reason, "");
        commit(&tx);
}

static void a_change_of_nobody_is_told(void **state)
{
        struct fixture *fixture = *state;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_int_equal(account_deactivate(&tx, 5, "", false), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_enable(&tx, 5), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_set_full_name(&tx, 5, ""), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_set_password(&tx, 5, "h", false), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_logged_in(&tx, 5), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_admin_reset(&tx, 5), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_mark_idle(&tx, 5), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
}

/* R40 */
static void a_login_and_an_administrators_reset_end_idleness(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_mark_idle(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.idle_marked_usec, NOON);
        assert_done(account_logged_in(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.idle_marked_usec, 0);
        assert_int_equal(found.last_login_usec, NOON);
        assert_int_equal(found.active_epoch, tx.clock_epoch);

        assert_done(account_mark_idle(&tx, uid));
        assert_done(account_admin_reset(&tx, uid));
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_int_equal(found.idle_marked_usec, 0);
        assert_int_equal(found.admin_reset_usec, NOON);
        commit(&tx);
}

static void expect_quiet(struct store *store, uint64_t before_usec, uint32_t limit,
                         const uint32_t *expected, size_t n_expected)
{
        uint32_t *uids = NULL;
        size_t n = 99;

        assert_done(account_quiet(store, before_usec, limit, &uids, &n));
        assert_int_equal(n, n_expected);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(uids[i], expected[i]);
        free(uids);
}

/* R40: counted from the latest of activation, login and administrator's reset. */
static void the_quiet_are_those_not_seen_for_long(void **state)
{
        struct fixture *fixture = *state;
        const uint32_t a = UID_FIRST, b = a + 1, c = a + 2, d = a + 3, all[] = {a, b, c};
        struct tx tx = {0};

        begin(&tx, fixture->store);
        for (int i = 0; i < 5; i++) { /* e is never activated, d deactivated */
                add_user(&tx, (const char *const[]){"a", "b", "c", "d", "e"}[i]);
                if (i < 4)
                        assert_done(account_set_password(&tx, UID_FIRST + (uint32_t)i, "h", false));
        }
        assert_done(account_deactivate(&tx, d, "", false));
        commit(&tx);
        expect_quiet(fixture->store, NOON - 1, 9, NULL, 0);
        expect_quiet(fixture->store, NOON, 9, all, 3);
        expect_quiet(fixture->store, NOON, 2, all, 2);

        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_done(account_logged_in(&tx, a));
        assert_done(account_admin_reset(&tx, b));
        assert_done(account_set_password(&tx, c, "h2", false)); /* is no sign of life */
        commit(&tx);
        expect_quiet(fixture->store, NOON + 4, 9, &c, 1);
        expect_quiet(fixture->store, NOON + 5, 9, (const uint32_t[]){c, a, b}, 3);

        begin(&tx, fixture->store);
        assert_done(account_mark_idle(&tx, c));
        commit(&tx);
        expect_quiet(fixture->store, NOON + 5, 9, all, 2);
}

static void expect_aging(struct store *store, uint64_t before_usec, uint32_t limit,
                         const uint32_t *expected, size_t n_expected)
{
        uint32_t *uids = NULL;
        size_t n = 99;

        assert_done(account_aging(store, before_usec, limit, &uids, &n));
        assert_int_equal(n, n_expected);
        for (size_t i = 0; i < n; i++)
                assert_int_equal(uids[i], expected[i]);
        free(uids);
}

/* R3: once for each password; who has been told is not read again. */
static void the_aging_are_those_whose_password_is_old_until_they_are_told(void **state)
{
        struct fixture *fixture = *state;
        const uint32_t a = UID_FIRST, b = a + 1, c = a + 2, all[] = {a, b};
        struct tx tx = {0};

        make_user(fixture->store, "a");
        make_user(fixture->store, "b");
        make_user(fixture->store, "c"); /* to be deactivated */
        make_user(fixture->store, "d"); /* never activated */
        make_api_user(fixture->store, "e");
        begin(&tx, fixture->store);
        for (uint32_t i = 0; i < 5; i++)
                if (i != 3)
                        assert_done(account_set_password(&tx, a + i, "h", false));
        assert_done(account_deactivate(&tx, c, "", false));
        commit(&tx);
        expect_aging(fixture->store, NOON - 1, 9, NULL, 0);
        expect_aging(fixture->store, NOON, 9, all, 2);
        expect_aging(fixture->store, NOON, 1, all, 1);

        begin(&tx, fixture->store);
        assert_done(account_expiry_told(&tx, a));
        assert_int_equal(account_expiry_told(&tx, UID_LAST), BO_ERR_NO_SUCH_USER);
        commit(&tx);
        expect_aging(fixture->store, NOON, 9, &b, 1);

        assert_done(tx_begin_write(&tx, fixture->store, NOON + 5));
        assert_done(account_set_password(&tx, a, "h2", false));
        commit(&tx);
        expect_aging(fixture->store, NOON + 4, 9, &b, 1);
        expect_aging(fixture->store, NOON + 5, 9, (const uint32_t[]){b, a}, 2);
}

static void a_full_name_is_changed(void **state)
{
        struct fixture *fixture = *state;
        uint32_t uid = make_user(fixture->store, "alice");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_set_full_name(&tx, uid, "Alice"));
        commit(&tx);
        assert_done(account_by_uid(fixture->store, uid, &found));
        assert_string_equal(found.full_name, "Alice");
}

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

static void what_was_not_committed_is_not_there(void **state)
{
        struct fixture *fixture = *state;
        struct account found;
        struct tx tx = {0};
        uint32_t uid;

        begin(&tx, fixture->store);
        uid = add_user(&tx, "alice");
        assert_done(account_by_uid(fixture->store, uid, &found));
        tx_end(&tx);
        tx_end(&tx); /* twice is harmless */
        assert_int_equal(account_by_uid(fixture->store, uid, &found), BO_ERR_NO_SUCH_USER);
        assert_int_equal(make_user(fixture->store, "alice"), uid);
}

/* R42, R43 */
static void a_renamed_user_is_the_same_and_the_old_name_is_dead(void **state)
{
        struct fixture *fixture = *state;
        const struct account made = {.name = "tabokemi4729",
                                     .generated = true,
                                     .home = "/home/tabokemi4729",
                                     .shell = "/bin/bash"};
        struct account found, again = {.name = "tabokemi4729"};
        struct tx tx = {0};
        uint32_t uid, other;

        begin(&tx, fixture->store);
        assert_done(account_insert(&tx, &made, UID_FIRST, UID_LAST, &uid));
        commit(&tx);
        make_customer(fixture->store, "shop");
        give_roles(fixture->store, uid, "shop", "admin", NULL);
        begin(&tx, fixture->store);
        assert_done(account_rename(&tx, uid, "ann@shop.example"));
        commit(&tx);
        reopen(fixture);

        assert_done(account_by_name(fixture->store, "ann@shop.example", &found));
        assert_int_equal(found.uid, uid);
        assert_string_equal(found.email, "ann@shop.example");
        assert_string_equal(found.home, "/home/tabokemi4729");
        assert_true(found.verified && !found.generated);
        assert_int_equal(account_by_name(fixture->store, made.name, &found), BO_ERR_NO_SUCH_USER);
        assert_int_equal(account_name_used(fixture->store, made.name), 1);
        assert_int_equal(number_of(fixture, "SELECT COUNT(*) FROM membership_role"
                                            " WHERE name = 'ann@shop.example'"),
                         1);

        begin(&tx, fixture->store);
        assert_int_equal(account_insert(&tx, &again, UID_FIRST, UID_LAST, &other),
                         BO_ERR_NAME_TAKEN);
        tx_end(&tx);
}

/* R43 */
static void nobody_is_renamed_to_a_name_that_is_or_was_in_use(void **state)
{
        struct fixture *fixture = *state;
        uint32_t ann = make_user(fixture->store, "ann"), ben = make_user(fixture->store, "ben");
        struct account found;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(account_rename(&tx, ann, "ann@shop.example"));
        commit(&tx);
        begin(&tx, fixture->store);
        assert_int_equal(account_rename(&tx, ben, "ann@shop.example"), BO_ERR_NAME_TAKEN);
        assert_int_equal(account_rename(&tx, ben, "ann"), BO_ERR_NAME_TAKEN);
        assert_int_equal(account_rename(&tx, ben, "ben"), BO_ERR_NAME_TAKEN);
        assert_int_equal(account_rename(&tx, 5, "cid@shop.example"), BO_ERR_NO_SUCH_USER);
        tx_end(&tx);
        assert_done(account_by_uid(fixture->store, ben, &found));
        assert_string_equal(found.name, "ben");
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

int run_account_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(all_facts_come_back_after_reopening),
                STORE_TEST(a_user_is_found_by_name_and_no_other_is),
                STORE_TEST(a_name_in_use_cannot_be_created_again),
                STORE_TEST(a_name_that_was_in_use_is_dead_for_ever),
                STORE_TEST(uids_follow_each_other_and_skip_those_of_other_sources),
                STORE_TEST(a_uid_is_not_given_again_when_its_row_has_gone),
                STORE_TEST(an_exhausted_range_is_told),
                STORE_TEST(deactivated_with_a_reason_until_enabled),
                STORE_TEST(a_change_of_nobody_is_told),
                STORE_TEST(a_login_and_an_administrators_reset_end_idleness),
                STORE_TEST(the_quiet_are_those_not_seen_for_long),
                STORE_TEST(the_aging_are_those_whose_password_is_old_until_they_are_told),
                STORE_TEST(a_full_name_is_changed),
                STORE_TEST(old_passwords_are_kept_newest_first_with_their_end),
                STORE_TEST(a_password_activates_once_and_raises_the_credential_epoch),
                STORE_TEST(a_rehash_is_no_change_of_password),
                STORE_TEST(history_is_trimmed_only_beyond_number_and_time),
                STORE_TEST(what_was_not_committed_is_not_there),
                STORE_TEST(a_renamed_user_is_the_same_and_the_old_name_is_dead),
                STORE_TEST(nobody_is_renamed_to_a_name_that_is_or_was_in_use),
                STORE_TEST(a_dropped_password_is_in_the_history_and_activation_begins_anew),
        };

        return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
