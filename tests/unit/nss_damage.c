/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A damaged snapshot makes libnss_bo unavailable, never its host crash, and never anyone root. */
#include "tests/unit/nss_world.h"

#include <errno.h>
#include <glob.h>
#include <string.h>
#include <unistd.h>

#include "nss_bo/nss_bo.h"
#include "nss_bo/snapshot_format.h"

enum {
        FLIP_ROUNDS = 2000,
};

static uint32_t chance(void)
{
        static uint64_t state = 7;

        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (uint32_t)(state >> 32);
}

/* Whatever comes back, it must be readable to its end, and no system account. */
static void ask_everything(void)
{
        static const char *const names[] = {"alice@shop.example", "bob@shop.example", "bo-encoder",
                                            "bo-l-1", "nobody@shop.example"};
        static const uint32_t ids[] = {ALICE, BOB, ENCODER, SHOP, 0, 12345};
        struct reply reply;

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                gid_t *groups = NULL;
                long n = 0, n_room = 0;

                if (ask_name(&reply, names[i]) == NSS_STATUS_SUCCESS) {
                        assert_string_equal(reply.pwd.pw_name, names[i]);
                        assert_true(reply.pwd.pw_uid >= SNAPSHOT_ID_MIN);
                        assert_true(strlen(reply.pwd.pw_gecos) + strlen(reply.pwd.pw_dir) +
                                            strlen(reply.pwd.pw_shell) <
                                    BUFFER_BYTES);
                }
                if (ask_group(&reply, names[i]) == NSS_STATUS_SUCCESS)
                        for (char **member = reply.grp.gr_mem; *member; member++)
                                assert_true(strlen(*member) < BUFFER_BYTES);
                (void)_nss_bo_initgroups_dyn(names[i], 4711, &n, &n_room, &groups, 64,
                                             &reply.error);
                for (long g = 0; g < n; g++)
                        assert_true(groups[g] >= SNAPSHOT_ID_MIN);
                free(groups);
        }
        for (size_t i = 0; i < ELEMENTS(ids); i++) {
                if (ask_uid(&reply, ids[i]) == NSS_STATUS_SUCCESS)
                        assert_true(reply.pwd.pw_uid == ids[i] && ids[i] >= SNAPSHOT_ID_MIN);
                (void)ask_gid(&reply, ids[i]); /* must come back, with whatever */
        }
        for (unsigned i = 0; i < 20; i++)
                if (_nss_bo_getgrent_r(&reply.grp, reply.buffer, BUFFER_BYTES, &reply.error) !=
                    NSS_STATUS_SUCCESS)
                        break;
        assert_int_equal(_nss_bo_endgrent(), NSS_STATUS_SUCCESS);
}

/* Puts the header in order again: only so does the damage behind it meet the lookups. */
static void mend_header(uint8_t *bytes)
{
        struct snapshot_header header;

        memcpy(&header, bytes + SNAPSHOT_HEADER_POS, sizeof(header));
        header.check = snapshot_header_check(&header);
        memcpy(bytes + SNAPSHOT_HEADER_POS, &header, sizeof(header));
}

static void publish_with_delta(void)
{
        struct snapshot_writer *writer;

        publish_staff(1, SNAPSHOT_ENUMERATE);
        assert_int_equal(snapshot_delta_begin(&writer, NSS_DIR, 2, SNAPSHOT_ENUMERATE), 0);
        add_person(writer, "carol@shop.example", BOB, "Carol");
        assert_int_equal(snapshot_add_gone(writer, "bob@shop.example", 0), 0);
        publish(writer);
}

static void a_truncated_file_is_unavailable(void **state)
{
        static const char *const files[] = {"delta", "base"};
        struct reply reply;

        (void)state;
        publish_with_delta();
        for (size_t f = 0; f < ELEMENTS(files); f++) {
                _cleanup_(freep) uint8_t *bytes = NULL;
                size_t n;

                bytes = read_file(files[f], &n);
                for (size_t cut = 0; cut < n; cut++) {
                        write_file(files[f], bytes, cut);
                        assert_int_equal(ask_name(&reply, "alice@shop.example"),
                                         NSS_STATUS_UNAVAIL);
                }
                write_file(files[f], bytes, n);
                assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_SUCCESS);
        }
}

static void a_grown_file_is_unavailable(void **state)
{
        _cleanup_(freep) uint8_t *bytes = NULL;
        struct reply reply;
        size_t n;

        (void)state;
        publish_with_delta();
        bytes = read_file("base", &n);
        write_file("base", bytes, n + 1);
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_UNAVAIL);
}

static void every_flipped_bit_of_a_header_is_noticed(void **state)
{
        static const char *const files[] = {"delta", "base"};
        struct reply reply;

        (void)state;
        publish_with_delta();
        for (size_t f = 0; f < ELEMENTS(files); f++) {
                _cleanup_(freep) uint8_t *bytes = NULL;
                size_t n, mark = offsetof(struct snapshot_header, superseded);

                bytes = read_file(files[f], &n);
                for (size_t bit = 0; bit < 8 * sizeof(struct snapshot_header); bit++) {
                        uint8_t *at = bytes + SNAPSHOT_HEADER_POS + bit / 8;

                        if (bit / 8 == mark)
                                continue;
                        *at = (uint8_t)(*at ^ 1 << bit % 8);
                        write_file(files[f], bytes, n);
                        assert_int_equal(ask_name(&reply, "alice@shop.example"),
                                         NSS_STATUS_UNAVAIL);
                        *at = (uint8_t)(*at ^ 1 << bit % 8);
                }
                write_file(files[f], bytes, n);
        }
}

static void flipped_bits_crash_nobody_and_make_nobody_root(void **state)
{
        static const char *const files[] = {"delta", "base"};

        (void)state;
        publish_with_delta();
        for (size_t f = 0; f < ELEMENTS(files); f++) {
                _cleanup_(freep) uint8_t *bytes = NULL, *copy = NULL;
                size_t n;

                bytes = read_file(files[f], &n);
                copy = malloc(n);
                assert_non_null(copy);
                for (unsigned round = 0; round < FLIP_ROUNDS; round++) {
                        memcpy(copy, bytes, n);
                        for (unsigned i = 0; i <= round % 5; i++) {
                                size_t at = chance() % n;

                                copy[at] = (uint8_t)(copy[at] ^ 1 << chance() % 8);
                        }
                        if (round % 2)
                                mend_header(copy);
                        write_file(files[f], copy, n);
                        ask_everything();
                }
                write_file(files[f], bytes, n);
        }
}

/* Numbers in the table of contents and in records that reach past the end, one at a time. */
static void huge_numbers_are_not_followed(void **state)
{
        static const uint32_t huge[] = {1, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
        _cleanup_(freep) uint8_t *bytes = NULL, *copy = NULL;
        size_t n;

        (void)state;
        publish_with_delta();
        bytes = read_file("base", &n);
        copy = malloc(n);
        assert_non_null(copy);
        for (size_t at = 0; at + 4 <= n; at += at < SNAPSHOT_TOC_BYTES ? 4 : 1) {
                memcpy(copy, bytes, n);
                memcpy(copy + at, &huge[at % ELEMENTS(huge)], 4);
                mend_header(copy);
                write_file("base", copy, n);
                ask_everything();
        }
        write_file("base", bytes, n);
}

/* A reader that holds base N never combines it with a delta made for base M. */
static void a_delta_of_another_base_is_unavailable(void **state)
{
        _cleanup_(freep) uint8_t *old_base = NULL;
        struct reply reply;
        size_t n;

        (void)state;
        publish_staff(1, 0);
        old_base = read_file("base", &n);
        publish_staff(2, 0);
        write_file("base", old_base, n); /* under the name of the new one */
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_UNAVAIL);
}

static void a_missing_base_is_unavailable(void **state)
{
        struct reply reply;
        glob_t bases;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(glob(NSS_DIR "/base-*", 0, NULL, &bases), 0);
        assert_int_equal(unlink(bases.gl_pathv[0]), 0);
        globfree(&bases);
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_UNAVAIL);
}

static void the_writer_refuses_what_no_reader_would_believe(void **state)
{
        static const char *const names[] = {NULL,  "",     "a b",      "a:b",
                                            "a/b", "a\nb", "\xc3\xa1", "a,b"};
        struct snapshot_writer *writer = begin_base(1);
        const uint32_t wheel = 10;
        struct snapshot_user user = {.home = "/h", .shell = "/s", .uid = ALICE};
        struct reply reply;

        (void)state;
        for (size_t i = 0; i < ELEMENTS(names); i++) {
                user.name = names[i];
                assert_int_equal(snapshot_add_user(writer, &user), -EINVAL);
        }
        user.name = "alice@shop.example";
        user.uid = 0;
        assert_int_equal(snapshot_add_user(writer, &user), -EINVAL);
        user.uid = ALICE;
        user.gids = &wheel;
        user.n_gids = 1;
        assert_int_equal(snapshot_add_user(writer, &user), -EINVAL);
        user.n_gids = 0;
        user.gecos = "x:0:0:";
        assert_int_equal(snapshot_add_user(writer, &user), -EINVAL);
        user.gecos = "Alice";
        assert_int_equal(snapshot_add_gone(writer, "bob@shop.example", 0), -EINVAL); /* a base */
        assert_int_equal(snapshot_add_user(writer, &user), 0);
        publish(writer);
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_SUCCESS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nss_world_setup, nss_world_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_truncated_file_is_unavailable),
                TEST(a_grown_file_is_unavailable),
                TEST(every_flipped_bit_of_a_header_is_noticed),
                TEST(flipped_bits_crash_nobody_and_make_nobody_root),
                TEST(huge_numbers_are_not_followed),
                TEST(a_delta_of_another_base_is_unavailable),
                TEST(a_missing_base_is_unavailable),
                TEST(the_writer_refuses_what_no_reader_would_believe),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
