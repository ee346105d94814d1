/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What libnss_bo answers from a snapshot: users, groups, initgroups, names in any case. */
#include "tests/unit/nss_world.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include <cdb.h>

#include "nss_bo/nss_bo.h"
#include "nss_bo/snapshot_read.h"

static void a_user_is_found_by_name_and_by_uid(void **state)
{
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        for (int by_uid = 0; by_uid < 2; by_uid++) {
                assert_int_equal(by_uid ? ask_uid(&reply, ALICE)
                                        : ask_name(&reply, "alice@shop.example"),
                                 NSS_STATUS_SUCCESS);
                assert_string_equal(reply.pwd.pw_name, "alice@shop.example");
                assert_string_equal(reply.pwd.pw_passwd, "x");
                assert_int_equal(reply.pwd.pw_uid, ALICE);
                assert_int_equal(reply.pwd.pw_gid, ALICE);
                assert_string_equal(reply.pwd.pw_gecos, "Alice Jansen");
                assert_string_equal(reply.pwd.pw_dir, "/home/alice@shop.example");
                assert_string_equal(reply.pwd.pw_shell, "/bin/bash");
        }
}

static void names_match_in_any_case(void **state)
{
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_name(&reply, "ALICE@Shop.EXAMPLE"), NSS_STATUS_SUCCESS);
        assert_string_equal(reply.pwd.pw_name, "alice@shop.example");
        assert_int_equal(ask_group(&reply, "BO-Encoder"), NSS_STATUS_SUCCESS);
}

static void strangers_are_not_found(void **state)
{
        static const char *const names[] = {"",
                                            "root",
                                            "alice",
                                            "alice@shop.exampl",
                                            "alice@shop.example ",
                                            "alice`shop.example",
                                            "\xc3\xa1lice@shop.example"};
        char longest[400];
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        for (size_t i = 0; i < ELEMENTS(names); i++) {
                assert_int_equal(ask_name(&reply, names[i]), NSS_STATUS_NOTFOUND);
                assert_int_equal(reply.error, ENOENT);
                assert_int_equal(ask_group(&reply, names[i]), NSS_STATUS_NOTFOUND);
        }
        memset(longest, 'a', sizeof(longest) - 1);
        longest[sizeof(longest) - 1] = '\0';
        assert_int_equal(ask_name(&reply, longest), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_uid(&reply, 0), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_uid(&reply, ALICE + 7), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_uid(&reply, UINT32_MAX), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_gid(&reply, ENCODER + 7), NSS_STATUS_NOTFOUND);
}

static void a_name_may_have_254_bytes_and_no_more(void **state)
{
        char name[SNAPSHOT_NAME_MAX + 2];
        struct snapshot_user user = {.name = name, .home = "/h", .shell = "/s", .uid = ALICE};
        struct snapshot_writer *writer = begin_base(1);
        struct reply reply;

        (void)state;
        memset(name, 'x', sizeof(name));
        name[SNAPSHOT_NAME_MAX + 1] = '\0';
        assert_int_equal(snapshot_add_user(writer, &user), -EINVAL);
        name[SNAPSHOT_NAME_MAX] = '\0';
        assert_int_equal(snapshot_add_user(writer, &user), 0);
        publish(writer);
        assert_int_equal(ask_name(&reply, name), NSS_STATUS_SUCCESS);
        assert_string_equal(reply.pwd.pw_name, name);
}

static void a_group_is_found_with_its_members(void **state)
{
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        for (int by_gid = 0; by_gid < 2; by_gid++) {
                assert_int_equal(by_gid ? ask_gid(&reply, ENCODER)
                                        : ask_group(&reply, "bo-encoder"),
                                 NSS_STATUS_SUCCESS);
                assert_string_equal(reply.grp.gr_name, "bo-encoder");
                assert_string_equal(reply.grp.gr_passwd, "*");
                assert_int_equal(reply.grp.gr_gid, ENCODER);
                assert_string_equal(reply.grp.gr_mem[0], "alice@shop.example");
                assert_string_equal(reply.grp.gr_mem[1], "bob@shop.example");
                assert_null(reply.grp.gr_mem[2]);
        }
        assert_int_equal(ask_group(&reply, "bo-l-1"), NSS_STATUS_SUCCESS);
        assert_null(reply.grp.gr_mem[0]);
}

static void a_user_has_a_private_group_without_members(void **state)
{
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        for (int by_gid = 0; by_gid < 2; by_gid++) {
                assert_int_equal(by_gid ? ask_gid(&reply, ALICE)
                                        : ask_group(&reply, "alice@shop.example"),
                                 NSS_STATUS_SUCCESS);
                assert_string_equal(reply.grp.gr_name, "alice@shop.example");
                assert_int_equal(reply.grp.gr_gid, ALICE);
                assert_null(reply.grp.gr_mem[0]);
        }
}

static void a_group_is_no_user(void **state)
{
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_name(&reply, "bo-encoder"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_uid(&reply, ENCODER), NSS_STATUS_NOTFOUND);
}

/* Asks for initgroups with room for @n_room, of which one is taken already. */
static enum nss_status ask_groups(const char *name, gid_t primary, long n_room, long limit,
                                  gid_t **groups, long *ret_n)
{
        int error = 0;
        long n = 1;
        enum nss_status status;

        *groups = calloc((size_t)n_room, sizeof(**groups));
        assert_non_null(*groups);
        (*groups)[0] = 4711;
        status = _nss_bo_initgroups_dyn(name, primary, &n, &n_room, groups, limit, &error);
        assert_int_equal((*groups)[0], 4711);
        *ret_n = n;
        return status;
}

static void initgroups_appends_the_groups_of_a_user(void **state)
{
        long n, rooms[] = {1, 2, 16};

        (void)state;
        publish_staff(1, 0);
        for (size_t i = 0; i < ELEMENTS(rooms); i++) {
                _cleanup_(freep) gid_t *groups = NULL;

                assert_int_equal(ask_groups("Alice@shop.example", ALICE, rooms[i], -1, &groups, &n),
                                 NSS_STATUS_SUCCESS);
                assert_int_equal(n, 3);
                assert_int_equal(groups[1], ENCODER);
                assert_int_equal(groups[2], SHOP);
        }
}

static void initgroups_leaves_out_the_primary_group(void **state)
{
        _cleanup_(freep) gid_t *groups = NULL;
        long n;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_groups("alice@shop.example", ENCODER, 8, -1, &groups, &n),
                         NSS_STATUS_SUCCESS);
        assert_int_equal(n, 2);
        assert_int_equal(groups[1], SHOP);
}

static void initgroups_keeps_to_the_limit(void **state)
{
        _cleanup_(freep) gid_t *groups = NULL;
        long n;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_groups("alice@shop.example", ALICE, 1, 2, &groups, &n),
                         NSS_STATUS_SUCCESS);
        assert_int_equal(n, 2);
}

static void initgroups_knows_no_stranger_and_no_group(void **state)
{
        _cleanup_(freep) gid_t *a = NULL, *b = NULL;
        long n;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_groups("root", 0, 4, -1, &a, &n), NSS_STATUS_NOTFOUND);
        assert_int_equal(n, 1);
        assert_int_equal(ask_groups("bo-encoder", 0, 4, -1, &b, &n), NSS_STATUS_NOTFOUND);
}

/* The caller's loop on ERANGE ends with the answer, and nothing is written past the buffer. */
static void a_small_buffer_is_asked_to_grow(void **state)
{
        (void)state;
        publish_staff(1, 0);
        for (int group = 0; group < 2; group++)
                for (size_t n = 0; n < 200; n++) {
                        _cleanup_(freep) char *buffer = malloc(n + 1);
                        struct passwd pwd;
                        struct group grp;
                        int error = 0;
                        enum nss_status status;

                        assert_non_null(buffer);
                        buffer[n] = '#';
                        if (group)
                                status = _nss_bo_getgrnam_r("bo-encoder", &grp, buffer, n, &error);
                        else
                                status = _nss_bo_getpwuid_r(ALICE, &pwd, buffer, n, &error);
                        assert_int_equal(buffer[n], '#');
                        if (status == NSS_STATUS_TRYAGAIN)
                                assert_int_equal(error, ERANGE);
                        else
                                assert_int_equal(status, NSS_STATUS_SUCCESS);
                        assert_true(n < 199 || status == NSS_STATUS_SUCCESS);
                        assert_true(n > 20 || status == NSS_STATUS_TRYAGAIN);
                }
}

static void without_a_snapshot_the_module_is_unavailable(void **state)
{
        struct reply reply;

        (void)state;
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_UNAVAIL);
        assert_int_equal(reply.error, ENOENT);
        assert_int_equal(rmdir(NSS_DIR), 0);
        assert_int_equal(ask_gid(&reply, ENCODER), NSS_STATUS_UNAVAIL);
}

static void nobody_is_listed_by_default(void **state)
{
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(_nss_bo_setpwent(0), NSS_STATUS_SUCCESS);
        assert_int_equal(_nss_bo_getpwent_r(&reply.pwd, reply.buffer, BUFFER_BYTES, &reply.error),
                         NSS_STATUS_NOTFOUND);
        assert_int_equal(_nss_bo_endpwent(), NSS_STATUS_SUCCESS);
        assert_int_equal(_nss_bo_setgrent(0), NSS_STATUS_SUCCESS);
        assert_int_equal(_nss_bo_getgrent_r(&reply.grp, reply.buffer, BUFFER_BYTES, &reply.error),
                         NSS_STATUS_NOTFOUND);
        assert_int_equal(_nss_bo_endgrent(), NSS_STATUS_SUCCESS);
}

/* Adds up what a walk over all users or groups meets; a record too big is asked for again. */
static unsigned walk(bool groups, uint64_t *ret_sum)
{
        struct reply reply;
        size_t n_bytes = 8;
        unsigned n = 0;

        *ret_sum = 0;
        for (;;) {
                if (groups)
                        reply.status =
                                _nss_bo_getgrent_r(&reply.grp, reply.buffer, n_bytes, &reply.error);
                else
                        reply.status =
                                _nss_bo_getpwent_r(&reply.pwd, reply.buffer, n_bytes, &reply.error);
                if (reply.status == NSS_STATUS_NOTFOUND)
                        return n;
                if (reply.status == NSS_STATUS_TRYAGAIN) {
                        n_bytes = BUFFER_BYTES;
                        continue;
                }
                assert_int_equal(reply.status, NSS_STATUS_SUCCESS);
                *ret_sum += groups ? reply.grp.gr_gid : reply.pwd.pw_uid;
                n++;
        }
}

static void everybody_is_listed_once_when_the_settings_say_so(void **state)
{
        struct snapshot_writer *writer;
        uint64_t sum;

        (void)state;
        publish_staff(1, SNAPSHOT_ENUMERATE);
        assert_int_equal(snapshot_delta_begin(&writer, NSS_DIR, 2, SNAPSHOT_ENUMERATE), 0);
        add_person(writer, "robert@shop.example", BOB, NULL);
        assert_int_equal(snapshot_add_gone(writer, "bob@shop.example", 0), 0);
        assert_int_equal(snapshot_add_gone(writer, "bo-l-1", SHOP), 0);
        publish(writer);
        for (int again = 0; again < 2; again++) {
                assert_int_equal(_nss_bo_setpwent(0), NSS_STATUS_SUCCESS);
                assert_int_equal(walk(false, &sum), 2);
                assert_int_equal(sum, ALICE + BOB);
                assert_int_equal(walk(false, &sum), 0); /* the end stays the end */
                assert_int_equal(_nss_bo_setgrent(0), NSS_STATUS_SUCCESS);
                assert_int_equal(walk(true, &sum), 3); /* two of them private */
                assert_int_equal(sum, ALICE + BOB + ENCODER);
        }
        assert_int_equal(_nss_bo_endpwent(), NSS_STATUS_SUCCESS);
        assert_int_equal(_nss_bo_endgrent(), NSS_STATUS_SUCCESS);
}

/* The snapshot is a constant database that TinyCDB's own reader understands. */
static void libcdb_reads_the_files(void **state)
{
        _cleanup_(freep) uint8_t *bytes = NULL;
        _cleanup_(fclosep) FILE *file = NULL;
        struct cdb cdb;
        size_t n;

        (void)state;
        publish_staff(1, 0);
        bytes = read_file("base", &n);
        file = tmpfile();
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, n, file), n);
        assert_int_equal(fflush(file), 0);
        assert_int_equal(cdb_init(&cdb, fileno(file)), 0);
        assert_int_equal(cdb_find(&cdb, "alice@shop.example", 18), 1);
        assert_memory_equal((const char *)cdb_getdata(&cdb) + 3, "Alice Jansen", 13);
        assert_int_equal(cdb_find(&cdb, "carol@shop.example", 18), 0);
        cdb_free(&cdb);
}

/* The host's name space stays clean, and glibc finds every function under the name it expects. */
static void the_library_exports_what_glibc_calls(void **state)
{
        static const char *const names[] = {"getpwnam_r", "getpwuid_r",    "setpwent",
                                            "getpwent_r", "endpwent",      "getgrnam_r",
                                            "getgrgid_r", "setgrent",      "getgrent_r",
                                            "endgrent",   "initgroups_dyn"};
        void *module = dlopen(LIBNSS_BO, RTLD_NOW | RTLD_LOCAL);

        (void)state;
        assert_non_null(module);
        for (size_t i = 0; i < ELEMENTS(names); i++) {
                char name[64];

                (void)snprintf(name, sizeof(name), "_nss_bo_%s", names[i]);
                assert_non_null(dlsym(module, name));
        }
        assert_null(dlsym(module, "snapshot_open"));
        assert_null(dlsym(module, "hold_current"));
        assert_int_equal(dlclose(module), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nss_world_setup, nss_world_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_a_snapshot_the_module_is_unavailable),
                TEST(a_user_is_found_by_name_and_by_uid),
                TEST(names_match_in_any_case),
                TEST(strangers_are_not_found),
                TEST(a_name_may_have_254_bytes_and_no_more),
                TEST(a_group_is_found_with_its_members),
                TEST(a_user_has_a_private_group_without_members),
                TEST(a_group_is_no_user),
                TEST(initgroups_appends_the_groups_of_a_user),
                TEST(initgroups_leaves_out_the_primary_group),
                TEST(initgroups_keeps_to_the_limit),
                TEST(initgroups_knows_no_stranger_and_no_group),
                TEST(a_small_buffer_is_asked_to_grow),
                TEST(nobody_is_listed_by_default),
                TEST(everybody_is_listed_once_when_the_settings_say_so),
                TEST(libcdb_reads_the_files),
                TEST(the_library_exports_what_glibc_calls),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
