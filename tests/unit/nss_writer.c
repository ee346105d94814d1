/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer of a snapshot: what it leaves behind when it is given up, stopped or killed. */
#include "tests/unit/nss_world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "nss_bo/snapshot_format.h"

static void an_abandoned_writer_leaves_no_trace(void **state)
{
        struct snapshot_writer *base, *delta, *second;
        uint64_t generation = 0;
        unsigned n_files, n_fds;

        (void)state;
        publish_staff(1, 0);
        n_files = count_files(NSS_DIR);
        n_fds = count_files("/proc/self/fd");
        base = begin_base(2);
        add_staff(base);
        assert_int_equal(snapshot_base_finish(base), 0);
        assert_int_equal(snapshot_delta_begin_on(&delta, base, 3, 0), 0);
        add_person(delta, "carol@shop.example", 70002, NULL);
        assert_int_equal(snapshot_delta_begin(&second, NSS_DIR, 3, 0), -EBUSY);
        snapshot_writer_free(delta);
        snapshot_writer_free(base);
        assert_int_equal(count_files(NSS_DIR), n_files);
        assert_int_equal(count_files("/proc/self/fd"), n_fds);
        assert_int_equal(snapshot_generation(NSS_DIR, &generation, NULL), 0);
        assert_int_equal(generation, 1);
}

/* A limit on the size of files stands for a full disk, at every step: each try gets a little more.
 */
static void a_full_disk_keeps_the_former_snapshot(void **state)
{
        struct rlimit full, former;
        unsigned n_failed = 0;

        (void)state;
        publish_change(100, 100);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &former), 0);
        assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
        full = former;
        for (full.rlim_cur = 0; full.rlim_cur < 4096; full.rlim_cur += 256) {
                struct snapshot_writer *writer = NULL;
                int r;

                assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
                r = snapshot_base_begin(&writer, NSS_DIR, 101, 0);
                if (r == 0)
                        r = snapshot_commit(writer);
                snapshot_writer_free(writer);
                assert_int_equal(setrlimit(RLIMIT_FSIZE, &former), 0);
                if (r == 0)
                        break;
                assert_int_equal(r, -EFBIG);
                assert_int_equal(seen_change(), 100);
                assert_int_equal(count_files(NSS_DIR), 2);
                n_failed++;
        }
        assert_true(n_failed > 5);
        assert_int_equal(seen_change(), UINT32_MAX); /* the base that got through is empty */
}

/* kill -9 between mark and rename: readers go on, and the next start takes the mark away. */
static void a_mark_left_by_a_crash_is_taken_away(void **state)
{
        const off_t at = SNAPSHOT_HEADER_POS + (off_t)offsetof(struct snapshot_header, superseded);
        _cleanup_(closep) int fd = -1;
        struct reply reply;
        uint8_t mark = 1;

        (void)state;
        publish_staff(1, 0);
        fd = open(NSS_DIR "/delta", O_RDWR | O_CLOEXEC);
        assert_true(fd >= 0);
        assert_int_equal(pwrite(fd, &mark, 1, at), 1);
        for (unsigned i = 0; i < 20; i++)
                assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(snapshot_generation(NSS_DIR, NULL, NULL), 0);
        assert_int_equal(pread(fd, &mark, 1, at), 1);
        assert_int_equal(mark, 0);
        publish_change(5, 100);
        assert_int_equal(seen_change(), 5);
}

static void strays_of_a_crash_are_removed(void **state)
{
        static const char *const strays[] = {NSS_DIR "/base-00000000000000ff", NSS_DIR "/.new"};
        unsigned n_files;

        (void)state;
        publish_staff(1, 0);
        n_files = count_files(NSS_DIR);
        for (size_t i = 0; i < ELEMENTS(strays); i++) {
                _cleanup_(closep) int fd = open(strays[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

                assert_true(fd >= 0);
        }
        assert_int_equal(snapshot_generation(NSS_DIR, NULL, NULL), 0);
        assert_int_equal(count_files(NSS_DIR), n_files);
}

/* Readers of any user must get at the files whatever umask the daemon has. */
static void the_files_are_readable_by_all_and_writable_by_one(void **state)
{
        mode_t former = umask(077);
        struct stat st;

        (void)state;
        publish_staff(1, 0);
        (void)umask(former);
        assert_int_equal(stat(NSS_DIR "/delta", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0644);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nss_world_setup, nss_world_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_abandoned_writer_leaves_no_trace),
                TEST(a_full_disk_keeps_the_former_snapshot),
                TEST(a_mark_left_by_a_crash_is_taken_away),
                TEST(strays_of_a_crash_are_removed),
                TEST(the_files_are_readable_by_all_and_writable_by_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
