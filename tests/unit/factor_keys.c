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

static void load(struct keys **ret_keys, const char *path)
{
        assert_int_equal(keys_load(ret_keys, NULL, path, false), 0);
}

/* A path of its own for each test of the ring. */
static void ring_path(char path[160], const struct factor_world *world, const char *name)
{
        _cleanup_(keys_freep) struct keys *keys = NULL;

        snprintf(path, 160, "%s.%s", world->path, name);
        assert_int_equal(keys_load(&keys, NULL, path, true), 0);
        assert_ptr_equal(keys_newest(keys), keys_oldest(keys));
}

static void new_key_is_coming_before_it_is_in_force(void **state)
{
        char path[160], id[KEY_ID_SIZE], none[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *before = NULL, *coming = NULL, *after = NULL;
        struct stat facts;

        ring_path(path, *state, "coming");
        load(&before, path);
        assert_int_equal(keys_add(path, NULL, id), 0);
        assert_int_equal(keys_add(path, NULL, none), -EALREADY);
        load(&coming, path);
        assert_string_equal(coming->id, before->id);
        assert_true(secret_equal(coming->pepper, before->pepper));
        assert_string_equal(coming->newer->id, id);
        assert_ptr_equal(keys_newest(coming), coming->newer);

        assert_int_equal(keys_put_in_force(path), 0);
        assert_int_equal(keys_put_in_force(path), 0);
        load(&after, path);
        assert_string_equal(after->id, id);
        assert_null(after->newer);
        assert_string_equal(after->older->id, before->id);
        assert_ptr_equal(keys_by_id(after, id), after);
        assert_ptr_equal(keys_by_id(after, before->id), after->older);
        assert_ptr_equal(keys_by_id(after, ""), after->older);
        assert_null(keys_by_id(after, "0123456789abcdef"));
        assert_int_equal(stat(path, &facts), 0);
        assert_int_equal(facts.st_mode & 07777, 0600);
}

/* Those of unknown names must not open by a rotation while those of users stay. */
static void hashes_of_names_outlast_a_rotation_and_nothing_else_does(void **state)
{
        char path[160], id[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *before = NULL, *after = NULL;

        ring_path(path, *state, "names");
        load(&before, path);
        assert_int_equal(keys_add(path, NULL, id), 0);
        assert_int_equal(keys_put_in_force(path), 0);
        load(&after, path);
        assert_true(secret_equal(after->name, before->name));
        assert_true(secret_equal(after->cursor, before->cursor));
        assert_false(secret_equal(after->pepper, before->pepper));
        assert_false(secret_equal(after->token, before->token));
        assert_false(secret_equal(after->seal, before->seal));
        assert_false(secret_equal(after->audit, before->audit));
        assert_false(secret_equal(after->recovery, before->recovery));
}

static void retired_key_keeps_what_verifies_the_past_alone(void **state)
{
        char path[160], id[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *before = NULL, *after = NULL;
        const struct keys *old;

        ring_path(path, *state, "retired");
        load(&before, path);
        assert_int_equal(keys_retire(path, before->id), -ENOENT);
        assert_int_equal(keys_add(path, NULL, id), 0);
        assert_int_equal(keys_retire(path, before->id), -ENOENT);
        assert_int_equal(keys_put_in_force(path), 0);
        assert_int_equal(keys_retire(path, id), -ENOENT);
        assert_int_equal(keys_retire(path, before->id), 0);
        assert_int_equal(keys_retire(path, before->id), -ENOENT);

        load(&after, path);
        old = keys_by_id(after, before->id);
        assert_non_null(old);
        assert_int_equal(old->kind, KEY_RETIRED);
        assert_true(secret_equal(old->pepper, before->pepper));
        assert_true(secret_equal(old->audit, before->audit));
        assert_null(old->seal);
        assert_null(old->token);
        assert_null(old->recovery);
        assert_true(secret_equal(after->name, before->name));
        KEYS_EACH (key, after)
                assert_string_equal(key->id, id);
}

static void copied_ring_is_the_same(void **state)
{
        char path[160], id[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *ring = NULL, *copy = NULL;

        ring_path(path, *state, "copied");
        assert_int_equal(keys_add(path, NULL, id), 0);
        load(&ring, path);
        assert_int_equal(keys_copy(&copy, ring), 0);
        assert_string_equal(copy->id, ring->id);
        assert_true(secret_equal(copy->seal, ring->seal));
        assert_string_equal(copy->newer->id, id);
        assert_true(secret_equal(copy->newer->audit, ring->newer->audit));
        assert_null(copy->older);
}

static void ring_of_another_takes_no_key(void **state)
{
        char path[160], other[160], id[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *ring = NULL, *foreign = NULL;

        ring_path(path, *state, "own");
        ring_path(other, *state, "foreign");
        load(&ring, path);
        assert_int_equal(keys_add(other, ring->id, id), -ESTALE);
        load(&foreign, other);
        assert_null(foreign->newer);
        assert_int_equal(keys_add(path, ring->id, id), 0);
        assert_int_equal(keys_put_in_force(path), 0);
        assert_int_equal(keys_add(path, ring->id, id), -ESTALE);
}

static void ring_is_bounded(void **state)
{
        char path[160], id[KEY_ID_SIZE];

        ring_path(path, *state, "full");
        for (int i = 1; i < KEYS_MOST; i++) {
                assert_int_equal(keys_add(path, NULL, id), 0);
                assert_int_equal(keys_put_in_force(path), 0);
        }
        assert_int_equal(keys_add(path, NULL, id), -EOVERFLOW);
}

/* What was begun with the last place is ended, and what is done can be taken back. */
static void ring_that_is_full_of_retired_keys_goes_on(void **state)
{
        char path[160], id[KEY_ID_SIZE], before[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *first = NULL, *full = NULL;
        unsigned n = 1;

        ring_path(path, *state, "retired-full");
        load(&first, path);
        memcpy(before, first->id, sizeof(before));
        for (int r; (r = keys_add(path, NULL, id)) == 0; n++) {
                assert_int_equal(keys_put_in_force(path), 0);
                assert_int_equal(keys_retire(path, before), 0);
                memcpy(before, id, sizeof(before));
                assert_true(n < KEY_RECORDS_MOST);
        }
        assert_int_equal(n, KEY_RECORDS_MOST);
        assert_int_equal(keys_add(path, NULL, id), -ENOBUFS);
        load(&full, path);
        assert_string_equal(full->id, before);
        assert_null(full->newer);
}

/* Else the keys would be on another disk from then on, and the old ones stay on that one. */
static void ring_behind_a_link_stays_where_it_is(void **state)
{
        char path[160], link[176], id[KEY_ID_SIZE];
        _cleanup_(keys_freep) struct keys *ring = NULL;
        struct stat facts;

        ring_path(path, *state, "linked");
        snprintf(link, sizeof(link), "%s.link", path);
        assert_int_equal(symlink(path, link), 0);
        assert_int_equal(keys_add(link, NULL, id), 0);
        assert_int_equal(lstat(link, &facts), 0);
        assert_true(S_ISLNK(facts.st_mode));
        load(&ring, path);
        assert_string_equal(ring->newer->id, id);
        unlink(link);
}

static void damaged_ring_is_refused(void **state)
{
        char path[160], id[KEY_ID_SIZE], bytes[1024];
        struct keys *keys = NULL;
        struct stat facts;
        int fd;

        ring_path(path, *state, "damaged");
        assert_int_equal(keys_add(path, NULL, id), 0);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(fstat(fd, &facts), 0);
        assert_int_equal(read(fd, bytes, sizeof(bytes)), facts.st_size);
        close(fd);
        for (off_t i = 0; i < facts.st_size; i += 7) {
                bytes[i] ^= 1;
                write_file(path, bytes, (size_t)facts.st_size, 0600);
                assert_int_equal(keys_load(&keys, NULL, path, true), -EINVAL);
                bytes[i] ^= 1;
        }
        write_file(path, bytes, (size_t)facts.st_size - 1, 0600);
        assert_int_equal(keys_load(&keys, NULL, path, true), -EINVAL);
        assert_null(keys);
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
                cmocka_unit_test(new_key_is_coming_before_it_is_in_force),
                cmocka_unit_test(hashes_of_names_outlast_a_rotation_and_nothing_else_does),
                cmocka_unit_test(retired_key_keeps_what_verifies_the_past_alone),
                cmocka_unit_test(copied_ring_is_the_same),
                cmocka_unit_test(ring_of_another_takes_no_key),
                cmocka_unit_test(ring_is_bounded),
                cmocka_unit_test(ring_that_is_full_of_retired_keys_goes_on),
                cmocka_unit_test(ring_behind_a_link_stays_where_it_is),
                cmocka_unit_test(damaged_ring_is_refused),
        };

        return cmocka_run_group_tests_name("keys", tests, factor_world_setup,
                                           factor_world_teardown);
}
