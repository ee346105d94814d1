/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes that call one module through glibc and tell how long it took. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <nss.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "common/cleanup.h"
#include "tests/bench/nss_bench.h"

enum {
        CALLS_SAME = 30000,
        CALLS_RANDOM = 60000,
        PICKS = 1000000,
};

/* Random names and uids in the order of their use, so that reading them costs both sides nothing.
 */
struct picks {
        char (*names)[BENCH_NAME_BYTES];
        char (*missing)[BENCH_NAME_BYTES];
        uint32_t *uids;
        size_t next;
};

uint64_t bench_now_nsec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint32_t chance(uint64_t *state)
{
        *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (uint32_t)(*state >> 32);
}

static int picks_make(struct picks *picks, uint32_t n_users)
{
        uint64_t state = 42;

        picks->names = calloc(PICKS, BENCH_NAME_BYTES);
        picks->missing = calloc(PICKS, BENCH_NAME_BYTES);
        picks->uids = calloc(PICKS, sizeof(*picks->uids));
        if (!picks->names || !picks->missing || !picks->uids)
                return -ENOMEM;
        for (size_t i = 0; i < PICKS; i++) {
                uint32_t user = (uint32_t)(((uint64_t)chance(&state) * n_users) >> 32);

                bench_name(picks->names[i], BENCH_HIT, user);
                bench_name(picks->missing[i], BENCH_MISS, user);
                picks->uids[i] = BENCH_FIRST_UID + user;
        }
        return 0;
}

static bool look_up_name(const char *name)
{
        struct passwd pwd, *found;
        char buffer[1024];

        return getpwnam_r(name, &pwd, buffer, sizeof(buffer), &found) == 0 && found;
}

static bool look_up_uid(uid_t uid)
{
        struct passwd pwd, *found;
        char buffer[1024];

        return getpwuid_r(uid, &pwd, buffer, sizeof(buffer), &found) == 0 && found;
}

static bool look_up_groups(const char *name)
{
        gid_t groups[16];
        int n = 16;

        return getgrouplist(name, BENCH_FIRST_UID, groups, &n) == BENCH_GIDS + 1;
}

static bool call(struct picks *picks, enum bench_figure figure)
{
        size_t i = picks->next++ % PICKS;

        switch (figure) {
        case FIGURE_SAME_NAME:
                return look_up_name(picks->names[0]);
        case FIGURE_SAME_UID:
                return look_up_uid(picks->uids[0]);
        case FIGURE_RANDOM_NAME:
                return look_up_name(picks->names[i]);
        case FIGURE_RANDOM_UID:
                return look_up_uid(picks->uids[i]);
        case FIGURE_MISS_NAME:
                return !look_up_name(picks->missing[i]);
        case FIGURE_MISS_UID:
                return !look_up_uid(BENCH_MISSING_UID + picks->uids[i]);
        case FIGURE_SAME_INITGROUPS:
                return look_up_groups(picks->names[0]);
        case FIGURE_RANDOM_INITGROUPS:
                return look_up_groups(picks->names[i]);
        case FIGURE_FIRST_CALL:
        case FIGURES:
                break;
        }
        return false;
}

static double measure_calls(struct picks *picks, enum bench_figure figure)
{
        bool same = figure == FIGURE_SAME_NAME || figure == FIGURE_SAME_UID ||
                    figure == FIGURE_SAME_INITGROUPS;
        size_t n = same ? CALLS_SAME : CALLS_RANDOM;
        uint64_t begin = bench_now_nsec();

        for (size_t i = 0; i < n; i++)
                if (!call(picks, figure))
                        return -EBADMSG;
        return (double)(bench_now_nsec() - begin) / (double)n;
}

int worker_first_call(void)
{
        char name[BENCH_NAME_BYTES];
        uint64_t begin, end;
        double nsec;

        bench_name(name, BENCH_HIT, 7);
        begin = bench_now_nsec();
        if (!look_up_name(name))
                return EXIT_FAILURE;
        end = bench_now_nsec();
        nsec = (double)(end - begin);
        return write(STDOUT_FILENO, &nsec, sizeof(nsec)) == sizeof(nsec) ? EXIT_SUCCESS
                                                                         : EXIT_FAILURE;
}

/* One new process, from its exec on: the bench itself with the one argument. */
static double measure_first_call(void)
{
        char path[] = "/proc/self/exe", option[] = "--first-call";
        char *const arguments[] = {path, option, NULL};
        posix_spawn_file_actions_t actions;
        double nsec = -EIO;
        int ends[2], status;
        pid_t pid;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        if (posix_spawn_file_actions_init(&actions) != 0 ||
            posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) != 0 ||
            posix_spawn(&pid, path, &actions, NULL, arguments, environ) != 0)
                return -EIO;
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        if (read(ends[0], &nsec, sizeof(nsec)) != sizeof(nsec))
                nsec = -EIO;
        close(ends[0]);
        return waitpid(pid, &status, 0) == pid && status == 0 ? nsec : -EIO;
}

static int serve(int from, int to, uint32_t n_users)
{
        enum bench_figure figure;
        struct picks picks = {};
        int r;

        r = picks_make(&picks, n_users);
        for (uint32_t i = 0; i < n_users && r == 0; i++) { /* so that all pages are mapped */
                char name[BENCH_NAME_BYTES];

                bench_name(name, BENCH_HIT, i);
                if (!look_up_name(name) || !look_up_uid(BENCH_FIRST_UID + i))
                        r = -EBADMSG;
        }
        while (r == 0 && read(from, &figure, sizeof(figure)) == sizeof(figure)) {
                double nsec = figure == FIGURE_FIRST_CALL ? measure_first_call()
                                                          : measure_calls(&picks, figure);

                if (write(to, &nsec, sizeof(nsec)) != sizeof(nsec))
                        r = -EPIPE;
        }
        return r;
}

int worker_start(struct worker *worker, const char *work_dir, enum bench_module module,
                 uint32_t n_users)
{
        int to[2], from[2], r;

        if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
                return -errno;
        worker->pid = fork();
        if (worker->pid < 0)
                return -errno;
        if (worker->pid == 0) {
                close(to[1]);
                close(from[0]);
                r = world_select(work_dir, module);
                if (r == 0)
                        r = serve(to[0], from[1], n_users);
                if (r < 0)
                        (void)fprintf(stderr, "worker: %s\n", strerror(-r));
                _exit(r < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
        }
        close(to[0]);
        close(from[1]);
        worker->to = to[1];
        worker->from = from[0];
        return 0;
}

double worker_measure(const struct worker *worker, enum bench_figure figure)
{
        double nsec;

        if (write(worker->to, &figure, sizeof(figure)) != sizeof(figure) ||
            read(worker->from, &nsec, sizeof(nsec)) != sizeof(nsec))
                return -EPIPE;
        return nsec;
}

void worker_stop(struct worker *worker)
{
        close(worker->to);
        close(worker->from);
        (void)waitpid(worker->pid, NULL, 0); /* it ends by itself when its pipe does */
}

/* Strict mode kills for any system call but read, write, exit and sigreturn; none of these occurs.
 */
static int call_locked_in(uint32_t n_users)
{
        __typeof__(enum nss_status(*)(const char *, struct passwd *, char *, size_t,
                                      int *)) by_name;
        __typeof__(enum nss_status(*)(uid_t, struct passwd *, char *, size_t, int *)) by_uid;
        char hit[BENCH_NAME_BYTES], miss[BENCH_NAME_BYTES], buffer[1024];
        void *module = dlopen("libnss_bo.so.2", RTLD_NOW);
        struct passwd pwd;
        int error;

        bench_name(hit, BENCH_HIT, n_users / 2);
        bench_name(miss, BENCH_MISS, n_users / 2);
        if (!module)
                return EXIT_FAILURE;
        by_name = (__typeof__(by_name))dlsym(module, "_nss_bo_getpwnam_r");
        by_uid = (__typeof__(by_uid))dlsym(module, "_nss_bo_getpwuid_r");
        if (!by_name || !by_uid ||
            by_name(miss, &pwd, buffer, sizeof(buffer), &error) != NSS_STATUS_NOTFOUND)
                return EXIT_FAILURE;
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
                return EXIT_FAILURE;
        for (unsigned i = 0; i < 1000; i++)
                if (by_name(hit, &pwd, buffer, sizeof(buffer), &error) != NSS_STATUS_SUCCESS ||
                    by_name(miss, &pwd, buffer, sizeof(buffer), &error) != NSS_STATUS_NOTFOUND ||
                    by_uid(BENCH_FIRST_UID, &pwd, buffer, sizeof(buffer), &error) !=
                            NSS_STATUS_SUCCESS)
                        return EXIT_FAILURE;
        return EXIT_SUCCESS;
}

int worker_without_system_calls(uint32_t n_users)
{
        int status;
        pid_t pid = fork();

        if (pid < 0)
                return -errno;
        if (pid == 0)
                syscall(SYS_exit, call_locked_in(n_users)); /* exit_group is not allowed there */
        if (waitpid(pid, &status, 0) != pid)
                return -errno;
        return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS ? 0 : -EPERM;
}
