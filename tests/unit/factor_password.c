/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Passwords: right, wrong, empty, unknown, and what a test of one costs and leaves behind. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <sodium.h>
#include <sys/resource.h>
#include <time.h>

#include "bo-accountd/factor/password.h"
#include "tests/unit/factor_world.h"

static const struct password_cost cheap = {.passes = 1, .memory_bytes = 1 << 20};
static const struct password_cost dearer = {.passes = 3, .memory_bytes = 16 << 20};

#define MARK_BYTES (3 + KEY_ID_CHARS) /* "$k=ID" */
#define SALT       "AAAAAAAAAAAAAAAAAAAAAA"
#define DIGEST     "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static struct secret *text(const char *password)
{
        struct secret *secret = secret_copy(password, strlen(password));

        assert_non_null(secret);
        return secret;
}

static void only_the_password_that_was_hashed_is_right(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *right = text("correct horse 3");
        static const char *const wrong[] = {"correct horse 4", "Correct horse 3",
                                            "correct horse 3 ", "correct horse", ""};
        char hash[PASSWORD_HASH_SIZE], second[PASSWORD_HASH_SIZE];

        assert_int_equal(password_hash(hash, right, world->keys, &cheap), 0);
        assert_int_equal(password_verify(hash, right, world->keys, &cheap), 1);
        for (size_t i = 0; i < ELEMENTS(wrong); i++) {
                _cleanup_(secret_freep) struct secret *guess = text(wrong[i]);

                assert_int_equal(password_verify(hash, guess, world->keys, &cheap), 0);
        }
        assert_int_equal(password_hash(second, right, world->keys, &cheap), 0);
        assert_string_not_equal(hash, second); /* salted */
        assert_memory_equal(hash, "$k=", 3);
        assert_memory_equal(hash + 3, world->keys->id, KEY_ID_CHARS);
        assert_memory_equal(hash + MARK_BYTES, "$argon2id$v=19$m=1024,t=1,p=1$", 30);
}

static void verifier_is_worthless_without_the_key(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");
        struct keys other = *world->keys;
        char hash[PASSWORD_HASH_SIZE];

        other.pepper = world->keys->token;
        assert_int_equal(password_hash(hash, password, world->keys, &cheap), 0);
        assert_int_equal(password_verify(hash, password, &other, &cheap), 0);
}

static void bytes_behind_a_zero_count(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *one = secret_copy("pass\0word", 9);
        _cleanup_(secret_freep) struct secret *other = secret_copy("pass\0worm", 9);
        char hash[PASSWORD_HASH_SIZE];

        assert_int_equal(password_hash(hash, one, world->keys, &cheap), 0);
        assert_int_equal(password_verify(hash, one, world->keys, &cheap), 1);
        assert_int_equal(password_verify(hash, other, world->keys, &cheap), 0);
}

static void empty_password_is_never_hashed_and_never_right(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *empty = text("");
        char hash[PASSWORD_HASH_SIZE];

        assert_int_equal(password_hash(hash, empty, world->keys, &cheap), -EINVAL);
        assert_int_equal(password_verify(NULL, empty, world->keys, &cheap), 0);

        /* Not even where a row came from elsewhere. */
        unsigned char digest[KEYED_HASH_BYTES];

        keys_hash(digest, world->keys->pepper, "", 0);
        assert_int_equal(crypto_pwhash_str(hash, (const char *)digest, sizeof(digest), 1, 1 << 20),
                         0);
        assert_int_equal(password_verify(hash, empty, world->keys, &cheap), 0);
}

static void missing_and_broken_hashes_are_wrong_for_every_password(void **state)
{
        struct factor_world *world = *state;
        static const char *const hashes[] = {
                NULL,
                "",
                "*",
                "plain",
                "$6$salt$hash",
                "$argon2id$v=19$m=1024,t=1,p=1$",
                "$argon2id$v=19$m=1024,t=1,p=1$AAAA$",
                "$argon2i$v=19$m=1024,t=1,p=1$" SALT "$" DIGEST,
                "$argon2id$v=19$m=1024,t=1,p=2$" SALT "$" DIGEST,
                "$argon2id$v=19$m=1024,t=0,p=1$" SALT "$" DIGEST,
                "$argon2id$v=19$m=1,t=1,p=1$" SALT "$" DIGEST,
                "$argon2id$v=19$m=4294967295,t=1,p=1$" SALT "$" DIGEST,    /* all memory there is */
                "$argon2id$v=19$m=1024,t=4294967295,p=1$" SALT "$" DIGEST, /* all time there is */
                "$argon2id$v=19$m=1024,t=1,p=1$" SALT "$" DIGEST "$",
                "$argon2id$v=19$m=1024,t=1,p=1$" SALT SALT "$" DIGEST,
                "$argon2id$v=19$m=1024,t=1,p=1$" SALT "$" DIGEST DIGEST,
        };
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");

        for (size_t i = 0; i < ELEMENTS(hashes); i++)
                assert_int_equal(password_verify(hashes[i], password, world->keys, &cheap), 0);
}

/* libsodium's own check, without the pepper: what is stored is what the whole world calls it. */
static void verifier_is_the_common_form_of_argon2id(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");
        unsigned char digest[KEYED_HASH_BYTES];
        char common[crypto_pwhash_STRBYTES] = "";
        char hash[PASSWORD_HASH_SIZE];

        keys_hash(digest, world->keys->pepper, password->bytes, password->size);
        assert_int_equal(password_hash(hash, password, world->keys, &cheap), 0);
        memcpy(common, hash + MARK_BYTES, sizeof(hash) - MARK_BYTES);
        assert_int_equal(crypto_pwhash_str_verify(common, (const char *)digest, sizeof(digest)), 0);
        /* Without its mark it is one of before there was a ring. */
        assert_int_equal(password_verify(hash + MARK_BYTES, password, world->keys, &cheap), 1);
        assert_false(password_needs_rehash(hash + MARK_BYTES, world->keys, &cheap));
}

static void password_is_right_under_each_key_of_the_ring(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");
        _cleanup_(secret_freep) struct secret *wrong = text("correct horse 4");
        _cleanup_(keys_freep) struct keys *ring = NULL;
        char before[PASSWORD_HASH_SIZE], after[PASSWORD_HASH_SIZE], id[KEY_ID_SIZE];

        assert_int_equal(password_hash(before, password, world->keys, &cheap), 0);
        assert_int_equal(keys_add(world->path, NULL, id), 0);
        assert_int_equal(keys_put_in_force(world->path), 0);
        assert_int_equal(keys_load(&ring, NULL, world->path, false), 0);
        assert_int_equal(password_hash(after, password, ring, &cheap), 0);

        assert_int_equal(password_verify(before, password, ring, &cheap), 1);
        assert_int_equal(password_verify(before + MARK_BYTES, password, ring, &cheap), 1);
        assert_int_equal(password_verify(after, password, ring, &cheap), 1);
        assert_int_equal(password_verify(before, wrong, ring, &cheap), 0);
        assert_int_equal(password_verify(after, password, world->keys, &cheap), 0);
        assert_int_equal(password_verify(after + MARK_BYTES, password, ring, &cheap), 0);
        assert_true(password_needs_rehash(before, ring, &cheap));
        assert_true(password_needs_rehash(before + MARK_BYTES, ring, &cheap));
        assert_false(password_needs_rehash(after, ring, &cheap));
}

static uint64_t cpu_usec(void)
{
        struct timespec used;

        assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used), 0);
        return (uint64_t)used.tv_sec * USEC_PER_SEC + (uint64_t)used.tv_nsec / 1000;
}

/* The best of several, in time of the processor: what else runs here adds to single ones only. */
static uint64_t verify_cost_usec(const char *hash, const struct secret *password,
                                 const struct keys *keys)
{
        uint64_t best_usec = UINT64_MAX;

        for (int i = 0; i < 7; i++) {
                uint64_t begin_usec = cpu_usec();

                assert_in_range(password_verify(hash, password, keys, &dearer), 0, 1);

                uint64_t took_usec = cpu_usec() - begin_usec;

                best_usec = took_usec < best_usec ? took_usec : best_usec;
        }
        return best_usec;
}

static void unknown_broken_and_empty_cost_what_a_wrong_password_costs(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *right = text("correct horse 3");
        _cleanup_(secret_freep) struct secret *wrong = text("correct horse 4");
        _cleanup_(secret_freep) struct secret *empty = text("");
        char hash[PASSWORD_HASH_SIZE];

        assert_int_equal(password_hash(hash, right, world->keys, &dearer), 0);

        uint64_t usual_usec = verify_cost_usec(hash, wrong, world->keys);
        const uint64_t costs_usec[] = {
                verify_cost_usec(hash, right, world->keys),
                verify_cost_usec(hash, empty, world->keys),
                verify_cost_usec(NULL, wrong, world->keys),
                verify_cost_usec("*", wrong, world->keys),
                verify_cost_usec(NULL, empty, world->keys),
        };

        for (size_t i = 0; i < ELEMENTS(costs_usec); i++)
                assert_in_range(costs_usec[i], usual_usec * 2 / 3, usual_usec * 3 / 2);
}

/* /proc/self/statm: 0 the address space, 1 what is resident. */
static uint64_t statm_pages(int column)
{
        _cleanup_(fclosep) FILE *file = fopen("/proc/self/statm", "re");
        unsigned long pages[2] = {0};

        assert_non_null(file);
        assert_int_equal(fscanf(file, "%lu %lu", &pages[0], &pages[1]), 2);
        return pages[column];
}

static void memory_of_a_hash_is_given_back(void **state)
{
        struct factor_world *world = *state;
        const struct password_cost large = {.passes = 1, .memory_bytes = 64 << 20};
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");
        uint64_t before = statm_pages(1);

        assert_int_equal(password_verify(NULL, password, world->keys, &large), 0);
        assert_in_range(statm_pages(1), 0, before + (8 << 20) / (uint64_t)getpagesize());
}

/* So little address space that the 64 MiB of a hash are not to be had. */
static void limit_memory(struct rlimit *ret_before)
{
        uint64_t present_bytes = statm_pages(0) * (uint64_t)getpagesize();
        struct rlimit limit;

        assert_int_equal(getrlimit(RLIMIT_AS, ret_before), 0);
        limit = *ret_before;
        limit.rlim_cur = present_bytes + (16 << 20);
        assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
}

static void lack_of_memory_is_an_error_and_no_verdict(void **state)
{
        struct factor_world *world = *state;
        const struct password_cost large = {.passes = 1, .memory_bytes = 64 << 20};
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");
        char hash[PASSWORD_HASH_SIZE];
        struct rlimit before;

        limit_memory(&before);

        int hashed = password_hash(hash, password, world->keys, &large);
        int verified = password_verify(NULL, password, world->keys, &large);

        assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
        assert_int_equal(hashed, -ENOMEM);
        assert_int_equal(verified, -ENOMEM);
}

static void other_costs_are_hashed_anew(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(secret_freep) struct secret *password = text("correct horse 3");
        char hash[PASSWORD_HASH_SIZE];

        assert_int_equal(password_hash(hash, password, world->keys, &cheap), 0);
        assert_false(password_needs_rehash(hash, world->keys, &cheap));
        assert_true(password_needs_rehash(hash, world->keys, &dearer));
        assert_true(password_needs_rehash("broken", world->keys, &cheap));
        assert_false(password_needs_rehash(NULL, world->keys, &cheap));
        assert_int_equal(password_verify(hash, password, world->keys, &dearer), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_the_password_that_was_hashed_is_right),
                cmocka_unit_test(verifier_is_worthless_without_the_key),
                cmocka_unit_test(bytes_behind_a_zero_count),
                cmocka_unit_test(empty_password_is_never_hashed_and_never_right),
                cmocka_unit_test(missing_and_broken_hashes_are_wrong_for_every_password),
                cmocka_unit_test(verifier_is_the_common_form_of_argon2id),
                cmocka_unit_test(password_is_right_under_each_key_of_the_ring),
                cmocka_unit_test(unknown_broken_and_empty_cost_what_a_wrong_password_costs),
                cmocka_unit_test(memory_of_a_hash_is_given_back),
                cmocka_unit_test(lack_of_memory_is_an_error_and_no_verdict),
                cmocka_unit_test(other_costs_are_hashed_anew),
        };

        return cmocka_run_group_tests_name("password", tests, factor_world_setup,
                                           factor_world_teardown);
}
