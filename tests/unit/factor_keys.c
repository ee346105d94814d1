/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key file: made once, kept whole, refused where others could read it. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "bo-accountd/factor/keys.h"
#include "tests/unit/factor_world.h"

static void write_file(const char *path, const char *bytes, size_t size, mode_t mode)
{
        _cleanup_(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, size), size);
        assert_int_equal(fchmod(fd, mode), 0);
}

static void key_file_is_made_once_with_mode_0600(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(keys_freep) struct keys *again = NULL;
        struct stat facts;
        char left_over[160];

        assert_int_equal(stat(world->path, &facts), 0);
        assert_int_equal(facts.st_size, KEY_FILE_BYTES);
        assert_int_equal(facts.st_mode & 07777, 0600);
        snprintf(left_over, sizeof(left_over), "%s.new", world->path);
        assert_int_equal(access(left_over, F_OK), -1);

        assert_int_equal(keys_load(&again, NULL, world->path, true), 0);
        assert_true(secret_equal(again->pepper, world->keys->pepper));
        assert_true(secret_equal(again->seal, world->keys->seal));
}

static void each_purpose_has_a_key_of_its_own(void **state)
{
        struct factor_world *world = *state;
        const struct secret *const keys[] = {world->keys->pepper, world->keys->token,
                                             world->keys->name,   world->keys->seal,
                                             world->keys->audit,  world->keys->cursor};

        for (size_t i = 0; i < ELEMENTS(keys); i++)
                for (size_t j = 0; j < i; j++)
                        assert_false(secret_equal(keys[i], keys[j]));
}

static void absent_key_is_not_made_unless_allowed(void **state)
{
        struct factor_world *world = *state;
        struct keys *keys = NULL;
        char path[160];

        snprintf(path, sizeof(path), "%s.absent", world->path);
        assert_int_equal(keys_load(&keys, NULL, path, false), -ENOKEY);
        assert_null(keys);
        assert_int_equal(access(path, F_OK), -1);
}

static void credential_comes_before_the_file(void **state)
{
        struct factor_world *world = *state;
        _cleanup_(keys_freep) struct keys *keys = NULL, *fallen_back = NULL;
        static const char bytes[KEY_FILE_BYTES] = "another key, of thirty-two bytes";
        char path[160];

        snprintf(path, sizeof(path), "%s.credential", world->path);
        assert_int_equal(keys_load(&fallen_back, path, world->path, false), 0);
        assert_true(secret_equal(fallen_back->token, world->keys->token));

        write_file(path, bytes, sizeof(bytes), 0400);
        assert_int_equal(keys_load(&keys, path, world->path, false), 0);
        assert_false(secret_equal(keys->token, world->keys->token));
        unlink(path);
}

static void unsafe_key_files_are_refused(void **state)
{
        struct factor_world *world = *state;
        static const char bytes[KEY_FILE_BYTES + 1];
        static const struct {
                size_t size;
                mode_t mode;
                int error;
        } rows[] = {
                {KEY_FILE_BYTES, 0640, -EPERM},      {KEY_FILE_BYTES, 0604, -EPERM},
                {KEY_FILE_BYTES, 0620, -EPERM},      {KEY_FILE_BYTES - 1, 0600, -EINVAL},
                {KEY_FILE_BYTES + 1, 0600, -EINVAL}, {0, 0600, -EINVAL},
        };
        char path[160];

        snprintf(path, sizeof(path), "%s.unsafe", world->path);
        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                struct keys *keys = NULL;

                write_file(path, bytes, rows[i].size, rows[i].mode);
                assert_int_equal(keys_load(&keys, NULL, path, true), rows[i].error);
                assert_null(keys);
        }
        unlink(path);
        assert_int_equal(keys_load(&world->keys, NULL, world->directory, true), -EINVAL);
}

static void keyed_hash_depends_on_key_and_data(void **state)
{
        struct factor_world *world = *state;
        unsigned char one[KEYED_HASH_BYTES], again[KEYED_HASH_BYTES], other[KEYED_HASH_BYTES];

        keys_hash(one, world->keys->token, "data", 4);
        keys_hash(again, world->keys->token, "data", 4);
        assert_memory_equal(one, again, KEYED_HASH_BYTES);
        keys_hash(other, world->keys->name, "data", 4);
        assert_memory_not_equal(one, other, KEYED_HASH_BYTES);
        keys_hash(other, world->keys->token, "datb", 4);
        assert_memory_not_equal(one, other, KEYED_HASH_BYTES);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(key_file_is_made_once_with_mode_0600),
                cmocka_unit_test(each_purpose_has_a_key_of_its_own),
                cmocka_unit_test(absent_key_is_not_made_unless_allowed),
                cmocka_unit_test(credential_comes_before_the_file),
                cmocka_unit_test(unsafe_key_files_are_refused),
                cmocka_unit_test(keyed_hash_depends_on_key_and_data),
        };

        return cmocka_run_group_tests_name("keys", tests, factor_world_setup,
                                           factor_world_teardown);
}
