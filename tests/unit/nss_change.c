/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A long-lived process sees each change at once: in threads, after fork, with nothing leaked. */
#include "tests/unit/nss_world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "nss_bo/nss_bo.h"
#include "nss_bo/snapshot_format.h"

/*
 * A sanitizer makes system calls of its own, and its allocator keeps its locks over a fork: the
 * writer in the child would wait for ever.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SANITIZED 0
#endif

enum {
        THREADS = 4,
        CHANGES = 100,
        FORKS = 40,
        CHILD_DEADLINE_SEC = 20, /* far above what it needs: a child that hangs is killed */
};

/* The number of the change in Alice's gecos; each @every one writes a whole base. */
static void publish_change(unsigned change, unsigned every)
{
        struct snapshot_writer *writer = change % every ? begin_delta(change) : begin_base(change);
        char gecos[32];

        (void)snprintf(gecos, sizeof(gecos), "%u", change);
        add_person(writer, "alice@shop.example", ALICE, gecos);
        publish(writer);
}

static unsigned seen_change(void)
{
        struct reply reply;

        if (ask_name(&reply, "alice@shop.example") != NSS_STATUS_SUCCESS)
                return UINT32_MAX;
        return (unsigned)strtoul(reply.pwd.pw_gecos, NULL, 10);
}

static void a_change_is_seen_by_the_next_lookup(void **state)
{
        (void)state;
        for (unsigned change = 0; change < 30; change++) {
                publish_change(change, 7);
                assert_int_equal(seen_change(), change);
        }
}

static void a_delta_goes_before_its_base(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        add_person(writer, "carol@shop.example", 70002, "Carol");
        add_person(writer, "alice@shop.example", ALICE, "Alice de Vries");
        publish(writer);
        assert_int_equal(ask_name(&reply, "carol@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(ask_uid(&reply, 70002), NSS_STATUS_SUCCESS);
        assert_int_equal(ask_uid(&reply, ALICE), NSS_STATUS_SUCCESS);
        assert_string_equal(reply.pwd.pw_gecos, "Alice de Vries");
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_SUCCESS);
}

static void a_delta_replaces_the_one_before(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        add_person(writer, "carol@shop.example", 70002, NULL);
        publish(writer);
        writer = begin_delta(3);
        publish(writer);
        assert_int_equal(ask_name(&reply, "carol@shop.example"), NSS_STATUS_NOTFOUND);
}

static void a_renamed_user_is_gone_under_the_old_name(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_SUCCESS);
        writer = begin_delta(2);
        assert_int_equal(snapshot_add_gone(writer, "Bob@shop.example", 0), 0);
        add_person(writer, "robert@shop.example", BOB, NULL);
        publish(writer);
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_group(&reply, "bob@shop.example"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_name(&reply, "robert@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(ask_uid(&reply, BOB), NSS_STATUS_SUCCESS);
        assert_string_equal(reply.pwd.pw_name, "robert@shop.example");
}

/* Bob becomes Robert, and Alice takes Bob's old name: the old name is gone and there again. */
static void a_name_that_was_given_up_can_be_taken(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        assert_int_equal(snapshot_add_gone(writer, "bob@shop.example", 0), 0);
        assert_int_equal(snapshot_add_gone(writer, "alice@shop.example", 0), 0);
        add_person(writer, "robert@shop.example", BOB, NULL);
        add_person(writer, "bob@shop.example", ALICE, NULL);
        publish(writer);
        assert_int_equal(ask_name(&reply, "bob@shop.example"), NSS_STATUS_SUCCESS);
        assert_int_equal(reply.pwd.pw_uid, ALICE);
        assert_int_equal(ask_name(&reply, "alice@shop.example"), NSS_STATUS_NOTFOUND);
}

static void a_removed_group_is_gone(void **state)
{
        struct snapshot_writer *writer;
        struct reply reply;

        (void)state;
        publish_staff(1, 0);
        writer = begin_delta(2);
        assert_int_equal(snapshot_add_gone(writer, "bo-l-1", SHOP), 0);
        publish(writer);
        assert_int_equal(ask_group(&reply, "bo-l-1"), NSS_STATUS_NOTFOUND);
        assert_int_equal(ask_gid(&reply, SHOP), NSS_STATUS_NOTFOUND);
}

static void the_published_generation_is_told(void **state)
{
        uint64_t generation = 0, base = 0;

        (void)state;
        assert_int_equal(snapshot_generation(NSS_DIR, &generation, &base), -ENOENT);
        publish_staff(41, 0);
        publish(begin_delta(43));
        assert_int_equal(snapshot_generation(NSS_DIR, &generation, &base), 0);
        assert_int_equal(generation, 43);
        assert_int_equal(base, 41);
}

static unsigned count_files(const char *path)
{
        _cleanup_(closedirp) DIR *dir = opendir(path);
        unsigned n = 0;

        assert_non_null(dir);
        while (readdir(dir))
                n++;
        return n;
}

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
                assert_int_equal(count_files(NSS_DIR), 4); /* with . and .. */
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

static unsigned count_mappings(void)
{
        _cleanup_(fclosep) FILE *maps = fopen("/proc/self/maps", "re");
        char line[512];
        unsigned n = 0;

        assert_non_null(maps);
        while (fgets(line, sizeof(line), maps))
                if (strstr(line, "/" NSS_DIR "/"))
                        n++;
        return n;
}

static void nothing_is_leaked_by_many_changes(void **state)
{
        unsigned n_fds;

        (void)state;
        publish_change(0, 10);
        assert_int_equal(seen_change(), 0);
        n_fds = count_files("/proc/self/fd");
        for (unsigned change = 1; change < 100; change++) {
                publish_change(change, 10);
                assert_int_equal(seen_change(), change);
        }
        assert_int_equal(count_files("/proc/self/fd"), n_fds);
        assert_int_equal(count_mappings(), 2);
}

/* Strict mode: read, write, exit and sigreturn are allowed, and none of them is needed here. */
static int look_up_locked_in(void)
{
        struct reply reply;

        if (seen_change() != 1)
                return 1;
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
                return 2;
        for (unsigned i = 0; i < 100; i++)
                if (seen_change() != 1 || ask_uid(&reply, ALICE) != NSS_STATUS_SUCCESS ||
                    ask_gid(&reply, ENCODER) != NSS_STATUS_NOTFOUND ||
                    ask_name(&reply, "nobody@shop.example") != NSS_STATUS_NOTFOUND)
                        return 3;
        return 0;
}

__attribute__((unused)) static void a_lookup_makes_no_system_call_while_nothing_changes(
        void **state)
{
        int status;
        pid_t pid;

        (void)state;
        publish_change(0, 10);
        publish_change(1, 10);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                syscall(SYS_exit, look_up_locked_in()); /* exit_group would be one too many */
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

static atomic_bool stop;

static char not_found[] = "not found";
static char undone[] = "a change was undone";

/* NULL, or what went wrong: each thread sees the changes in their order, and never none. */
static void *look_up_until_stop(void *unused)
{
        unsigned last = 0;

        (void)unused;
        while (!atomic_load(&stop)) {
                unsigned change = seen_change();

                if (change == UINT32_MAX)
                        return not_found;
                if (change < last)
                        return undone;
                last = change;
        }
        return NULL;
}

static void start_threads(pthread_t threads[THREADS])
{
        atomic_store(&stop, false);
        for (size_t i = 0; i < THREADS; i++)
                assert_int_equal(pthread_create(&threads[i], NULL, look_up_until_stop, NULL), 0);
}

static void join_threads(pthread_t threads[THREADS])
{
        atomic_store(&stop, true);
        for (size_t i = 0; i < THREADS; i++) {
                void *wrong;

                assert_int_equal(pthread_join(threads[i], &wrong), 0);
                assert_string_equal(wrong ? wrong : "", "");
        }
}

static void threads_see_changes_in_order(void **state)
{
        pthread_t threads[THREADS];

        (void)state;
        publish_change(0, 10);
        start_threads(threads);
        for (unsigned change = 1; change <= CHANGES; change++) {
                publish_change(change, 10);
                assert_int_equal(seen_change(), change);
        }
        join_threads(threads);
        assert_int_equal(seen_change(), CHANGES);
        assert_true(count_mappings() <= 2);
}

/* In a child forked in the middle of other threads' lookups. */
static int look_up_in_child(unsigned change)
{
        (void)alarm(CHILD_DEADLINE_SEC);
        for (unsigned i = 0; i < 50; i++)
                if (seen_change() != change)
                        return 1;
        publish_change(change + 1, 10);
        return seen_change() == change + 1 ? 0 : 2;
}

__attribute__((unused)) static void a_child_forked_beside_threads_looks_up(void **state)
{
        pthread_t threads[THREADS];
        unsigned change = 0;

        (void)state;
        publish_change(change, 10);
        start_threads(threads);
        for (unsigned i = 0; i < FORKS; i++) {
                pid_t pid = fork();
                int status;

                assert_true(pid >= 0);
                if (pid == 0)
                        _exit(look_up_in_child(change));
                assert_int_equal(waitpid(pid, &status, 0), pid);
                assert_true(WIFEXITED(status));
                assert_int_equal(WEXITSTATUS(status), 0);
                change++;
        }
        join_threads(threads);
}

/* One fork in the other, each in a thread's lookup: shared places run out, the answers do not. */
static int fork_deeply(unsigned depth, unsigned change)
{
        pthread_t threads[THREADS];
        int status;
        pid_t pid;

        (void)alarm(CHILD_DEADLINE_SEC);
        start_threads(threads);
        publish_change(change + 1, 10);
        if (seen_change() != change + 1)
                return 1;
        pid = depth ? fork() : 0;
        if (pid == 0)
                _exit(depth ? fork_deeply(depth - 1, change + 1) : 0);
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
                return 2;
        join_threads(threads);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

__attribute__((unused)) static void children_of_children_look_up(void **state)
{
        int status;
        pid_t pid;

        (void)state;
        publish_change(0, 10);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
                _exit(fork_deeply(12, 0));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, nss_world_setup, nss_world_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_change_is_seen_by_the_next_lookup),
                TEST(a_delta_goes_before_its_base),
                TEST(a_delta_replaces_the_one_before),
                TEST(a_renamed_user_is_gone_under_the_old_name),
                TEST(a_name_that_was_given_up_can_be_taken),
                TEST(a_removed_group_is_gone),
                TEST(the_published_generation_is_told),
                TEST(an_abandoned_writer_leaves_no_trace),
                TEST(a_full_disk_keeps_the_former_snapshot),
                TEST(a_mark_left_by_a_crash_is_taken_away),
                TEST(strays_of_a_crash_are_removed),
                TEST(the_files_are_readable_by_all_and_writable_by_one),
                TEST(nothing_is_leaked_by_many_changes),
                TEST(threads_see_changes_in_order),
#if !SANITIZED
                TEST(a_lookup_makes_no_system_call_while_nothing_changes),
                TEST(a_child_forked_beside_threads_looks_up),
                TEST(children_of_children_look_up),
#endif
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
