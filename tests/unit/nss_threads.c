/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A long-lived process looks up in threads and after fork, with nothing leaked. */
#include "tests/unit/nss_world.h"

#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

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
        join_threads(threads); /* the child has had its moment of them, and needs the processor */
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
                return 2;
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
