/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is stored says under which key; a rotation moves it, and the audit trail stays whole. */
#include "tests/store/fixture.h"

#include "bo-accountd/store/api_key.h"
#include "bo-accountd/store/generation.h"
#include "bo-accountd/store/mail.h"
#include "bo-accountd/store/sealing_key.h"
#include "bo-accountd/store/store_private.h"

static const unsigned char hash[KEYED_HASH_BYTES] = {1}, sealed[TOTP_SEALED_BYTES] = {1};

static void key_path(char path[96], const struct fixture *fixture)
{
        snprintf(path, 96, "%s/key", fixture->dir);
}

/* Another ring in the place of the fixture's, as the daemon does it. */
static void load_ring(struct fixture *fixture)
{
        struct keys *before = fixture->keys;
        char path[96];

        key_path(path, fixture);
        assert_done(keys_load(&fixture->keys, NULL, path, false));
        store_use_keys(fixture->store, fixture->keys);
        keys_free(before);
}

static void add_key(struct fixture *fixture)
{
        char path[96], id[KEY_ID_SIZE];

        key_path(path, fixture);
        assert_done(keys_add(path, NULL, id));
        load_ring(fixture);
}

/* In the store alone: in the file it is still coming. */
static void put_in_store(struct fixture *fixture, bool expect_new)
{
        struct tx tx = {0};
        bool is_new = !expect_new;

        begin(&tx, fixture->store);
        assert_done(sealing_key_put_in_force(&tx, keys_newest(fixture->keys), &is_new));
        commit(&tx);
        assert_int_equal(is_new, expect_new);
}

static void rotate(struct fixture *fixture)
{
        char path[96];

        key_path(path, fixture);
        add_key(fixture);
        put_in_store(fixture, true);
        assert_done(keys_put_in_force(path));
        load_ring(fixture);
}

static void append(struct fixture *fixture)
{
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(audit_append(&tx, &(struct audit_entry){.event = "login-succeeded"}));
        commit(&tx);
}

static void expect_whole(struct fixture *fixture)
{
        uint64_t rows = 0, bad = 9;

        assert_done(audit_verify(fixture->store, &rows, &bad));
        assert_int_equal(bad, 0);
}

static struct sealing_uses uses_of(struct fixture *fixture, const struct keys *key)
{
        struct sealing_uses uses;
        struct tx tx = {0};

        begin(&tx, fixture->store);
        assert_done(sealing_key_uses(&tx, key, &uses));
        commit(&tx);
        return uses;
}

/* One of each. */
static void fill(struct fixture *fixture, const char *name)
{
        struct api_key_row key = {.prefix = "00000000"};
        struct mail_row mail = {.kind = "reset", .recipient = "a@example", .sealed_size = 60};
        uint32_t uid = make_user(fixture->store, name);
        struct tx tx = {0};

        key.uid = mail.uid = uid;
        snprintf(key.prefix, sizeof(key.prefix), "%08u", uid);
        begin(&tx, fixture->store);
        assert_done(otp_begin(&tx, uid, sealed));
        assert_done(otp_confirm(&tx, uid, sealed, 1));
        assert_done(recovery_insert(&tx, uid, hash));
        assert_done(api_key_insert(&tx, &key));
        assert_done(token_insert(&tx, &(struct token_row){.uid = uid,
                                                          .expires_usec = tx.now_usec + 1000000,
                                                          .hash = {(unsigned char)uid}}));
        assert_done(mail_take_id(&tx, &mail.id));
        assert_done(mail_insert(&tx, &mail));
        commit(&tx);
}

static void what_is_stored_says_under_which_key(void **state)
{
        struct fixture *fixture = *state;
        struct sealing_uses uses;

        fill(fixture, "alice");
        rotate(fixture);
        fill(fixture, "bob");
        fill(fixture, "carol");
        uses = uses_of(fixture, fixture->keys->older);
        assert_int_equal(sealing_uses_lost(&uses), 5);
        assert_int_equal(uses.codes + uses.recovery_codes + uses.api_keys + uses.tokens, 4);
        uses = uses_of(fixture, fixture->keys);
        assert_int_equal(sealing_uses_lost(&uses), 10);

        /* What was stored by a version without a ring says nothing, and is the oldest key's. */
        run_sql(fixture, "UPDATE otp SET key_id = ''");
        run_sql(fixture, "UPDATE token SET key_id = ''");
        uses = uses_of(fixture, fixture->keys->older);
        assert_int_equal(uses.codes, 3);
        assert_int_equal(uses.tokens, 3);
}

static void verifiers_of_passwords_are_counted_by_their_mark(void **state)
{
        struct fixture *fixture = *state;
        uint32_t alice = make_user(fixture->store, "alice");
        uint32_t bob = make_user(fixture->store, "bob");
        char marked[64];
        struct tx tx = {0};

        rotate(fixture);
        snprintf(marked, sizeof(marked), "$k=%s$argon2id$v=19$rest", fixture->keys->id);
        begin(&tx, fixture->store);
        assert_done(account_set_password(&tx, alice, "$argon2id$v=19$m=65536,t=2", false));
        assert_done(account_set_password(&tx, bob, marked, false));
        commit(&tx);
        assert_int_equal(uses_of(fixture, fixture->keys->older).passwords, 1);
        assert_int_equal(uses_of(fixture, fixture->keys).passwords, 1);
}

static void the_trail_stays_whole_over_rotations_and_retired_keys(void **state)
{
        struct fixture *fixture = *state;
        char path[96];

        key_path(path, fixture);
        append(fixture);
        for (int i = 0; i < 3; i++) {
                rotate(fixture);
                append(fixture);
                append(fixture);
                expect_whole(fixture);
                reopen(fixture);
        }
        assert_done(keys_retire(path, keys_oldest(fixture->keys)->id));
        load_ring(fixture);
        expect_whole(fixture);
        append(fixture);
        expect_whole(fixture);
}

/* Who was stopped at any step: all go on, whichever ring they have, and it ends well. */
static void half_a_rotation_loses_nothing(void **state)
{
        struct fixture *fixture = *state;

        append(fixture);
        add_key(fixture); /* it is in the file alone */
        append(fixture);
        expect_whole(fixture);
        reopen(fixture);
        put_in_store(fixture, true); /* the file says that it is coming still */
        assert_non_null(fixture->keys->newer);
        append(fixture);
        expect_whole(fixture);
        reopen(fixture);
        put_in_store(fixture, false);
        append(fixture);
        expect_whole(fixture);
}

/* Whoever has an old key must not be able to go on with the trail. */
static void the_old_key_does_not_come_back(void **state)
{
        struct fixture *fixture = *state;
        struct keys *present;
        struct tx tx = {0};
        uint64_t rows, bad;

        rotate(fixture);
        append(fixture);
        present = fixture->keys;
        run_sql(fixture, "DELETE FROM audit");
        run_sql(fixture, "DELETE FROM audit_head");
        store_use_keys(fixture->store, present->older);
        begin(&tx, fixture->store);
        assert_done(audit_found(fixture->store));
        commit(&tx);
        store_use_keys(fixture->store, present);
        assert_int_equal(audit_verify(fixture->store, &rows, &bad), BO_ERR_AUDIT_BROKEN);

        /* But a copy of before the rotation, which does not know the key, is good. */
        run_sql(fixture, "DELETE FROM sealing_key WHERE number = 2");
        append(fixture);
        expect_whole(fixture);
        put_in_store(fixture, true);
        append(fixture);
        expect_whole(fixture);
}

static int note_id(void *userdata, const struct sealed_row *row)
{
        *(int64_t *)userdata = row->id;
        return 0;
}

static void sealed_rows_move_to_the_present_key(void **state)
{
        struct fixture *fixture = *state;
        static const unsigned char anew[60] = {2};
        int64_t uid = 0, mail = 0;
        struct sealing_uses uses;
        struct tx tx = {0};

        fill(fixture, "alice");
        rotate(fixture);
        begin(&tx, fixture->store);
        assert_done(sealing_key_codes(&tx, fixture->keys->older, 5, note_id, &uid));
        assert_done(sealing_key_mails(&tx, fixture->keys->older, 5, note_id, &mail));
        assert_true(uid > 0 && mail > 0);
        assert_done(sealing_key_move_code(&tx, &(struct sealed_row){uid, sizeof(sealed), sealed}));
        assert_done(sealing_key_move_mail(&tx, &(struct sealed_row){mail, sizeof(anew), anew}));
        commit(&tx);
        uses = uses_of(fixture, fixture->keys->older);
        assert_int_equal(uses.codes + uses.mails, 0);
        uses = uses_of(fixture, fixture->keys);
        assert_int_equal(uses.codes, 1);
        assert_int_equal(uses.mails, 1);
}

static void a_key_moves_with_its_use(void **state)
{
        struct fixture *fixture = *state;
        struct api_key_row row;
        struct tx tx = {0};
        char prefix[API_KEY_PREFIX_SIZE];

        fill(fixture, "alice");
        snprintf(prefix, sizeof(prefix), "%08d", (int)number_of(fixture, "SELECT uid FROM otp"));
        rotate(fixture);
        assert_done(api_key_load(fixture->store, prefix, &row));
        assert_string_equal(row.key, fixture->keys->older->id);
        begin(&tx, fixture->store);
        assert_done(api_key_move(&tx, prefix, hash));
        commit(&tx);
        assert_done(api_key_load(fixture->store, prefix, &row));
        assert_string_equal(row.key, fixture->keys->id);
        assert_memory_equal(row.hash, hash, sizeof(hash));
}

int run_sealing_key_tests(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(what_is_stored_says_under_which_key),
                STORE_TEST(verifiers_of_passwords_are_counted_by_their_mark),
                STORE_TEST(the_trail_stays_whole_over_rotations_and_retired_keys),
                STORE_TEST(half_a_rotation_loses_nothing),
                STORE_TEST(the_old_key_does_not_come_back),
                STORE_TEST(sealed_rows_move_to_the_present_key),
                STORE_TEST(a_key_moves_with_its_use),
        };

        return cmocka_run_group_tests_name("sealing keys", tests, NULL, NULL);
}
