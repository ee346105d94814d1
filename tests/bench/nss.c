/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Measures libnss_bo beside an empty module in one run, and a change at two sizes of the snapshot.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bo-accountd/nss/snapshot.h"
#include "tests/bench/nss_bench.h"

enum {
        ROUNDS = 11,
        FIRST_CALL_ROUNDS = 101,
        CHANGE_ROUNDS = 51,
        ROUNDS_MAX = FIRST_CALL_ROUNDS,
};

static const uint32_t sizes[] = {10, 1000, 10000, 100000, 1000000};

static const char *const figure_names[FIGURES] = {
        [FIGURE_SAME_NAME] = "getpwnam, same user",
        [FIGURE_SAME_UID] = "getpwuid, same user",
        [FIGURE_RANDOM_NAME] = "getpwnam, random users",
        [FIGURE_RANDOM_UID] = "getpwuid, random users",
        [FIGURE_MISS_NAME] = "getpwnam, random misses",
        [FIGURE_MISS_UID] = "getpwuid, random misses",
        [FIGURE_SAME_INITGROUPS] = "initgroups, same user",
        [FIGURE_RANDOM_INITGROUPS] = "initgroups, random users",
        [FIGURE_FIRST_CALL] = "getpwnam, first in a process",
};

static bool all_held = true;

/* 0: none is set. */
static double bound(enum bench_figure figure, uint32_t n_users)
{
        if (figure == FIGURE_FIRST_CALL)
                return 1.3;
        if (figure != FIGURE_RANDOM_NAME && figure != FIGURE_RANDOM_UID)
                return 1.25;
        return n_users >= 1000000 ? 4.5 : n_users >= 100000 ? 2.8 : n_users >= 10000 ? 1.6 : 0;
}

static int compare(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
        qsort(values, n, sizeof(*values), compare);
        return values[n / 2];
}

static void report(const char *what, uint32_t n_users, double empty, double bo, double *ratios,
                   size_t n, double at_most)
{
        double ratio = median(ratios, n);
        bool held = at_most <= 0 || ratio <= at_most;

        all_held = all_held && held;
        (void)printf("%-30s %8u %10.0f %10.0f %7.2f (%.2f-%.2f)", what, n_users, empty, bo, ratio,
                     ratios[n / 10], ratios[n - 1 - n / 10]);
        if (at_most > 0)
                (void)printf("  <= %.2f  %s\n", at_most, held ? "pass" : "OVER");
        else
                (void)printf("\n");
        (void)fflush(stdout);
}

static int measure(struct worker workers[MODULES], enum bench_figure figure, uint32_t n_users)
{
        double nsec[MODULES][ROUNDS_MAX], ratios[ROUNDS_MAX];
        size_t n = figure == FIGURE_FIRST_CALL ? FIRST_CALL_ROUNDS : ROUNDS;

        for (size_t i = 0; i < n; i++) {
                for (int m = 0; m < MODULES; m++) {
                        nsec[m][i] = worker_measure(&workers[m], figure);
                        if (nsec[m][i] < 0)
                                return (int)nsec[m][i];
                }
                ratios[i] = nsec[MODULE_BO][i] / nsec[MODULE_EMPTY][i];
        }
        report(figure_names[figure], n_users, median(nsec[MODULE_EMPTY], n),
               median(nsec[MODULE_BO], n), ratios, n, bound(figure, n_users));
        return 0;
}

static int measure_size(const char *work_dir, uint32_t n_users)
{
        struct worker workers[MODULES];
        uint64_t begin = bench_now_nsec();
        int r;

        r = world_make_snapshot(work_dir, n_users);
        if (r < 0)
                return r;
        (void)printf("a base of %u users written in %.0f ms\n", n_users,
                     (double)(bench_now_nsec() - begin) / 1e6);
        r = world_show_snapshot(work_dir, n_users);
        for (int m = 0; m < MODULES && r == 0; m++)
                r = worker_start(&workers[m], work_dir, (enum bench_module)m, n_users);
        for (int figure = 0; figure < FIGURES && r == 0; figure++)
                r = measure(workers, (enum bench_figure)figure, n_users);
        if (r < 0)
                return r;
        for (int m = MODULES - 1; m >= 0; m--) /* a later one holds the ends of those before */
                worker_stop(&workers[m]);
        r = worker_without_system_calls(n_users);
        all_held = all_held && r == 0;
        (void)printf("%-30s %8u %51s  %s\n", "system calls in hit and miss", n_users, "none",
                     r == 0 ? "pass" : "OVER");
        return 0;
}

/* One user added to what the base holds, down to the disk. */
static double change_nsec(const char *work_dir, uint32_t n_users, uint64_t generation)
{
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *writer = NULL;
        struct snapshot_user user = {.name = "new.user@shop.example",
                                     .home = "/home/new.user@shop.example",
                                     .shell = "/bin/bash",
                                     .uid = BENCH_MISSING_UID - 1};
        uint64_t begin = bench_now_nsec();
        char dir[256];
        int r;

        (void)snprintf(dir, sizeof(dir), "%s/%u", work_dir, n_users);
        r = snapshot_delta_begin(&writer, dir, generation, 0);
        if (r == 0)
                r = snapshot_add_user(writer, &user);
        if (r == 0)
                r = snapshot_commit(writer);
        return r < 0 ? r : (double)(bench_now_nsec() - begin);
}

static int measure_change(const char *work_dir, uint32_t few, uint32_t many)
{
        double at_few[CHANGE_ROUNDS], at_many[CHANGE_ROUNDS], ratios[CHANGE_ROUNDS];

        for (size_t i = 0; i < CHANGE_ROUNDS; i++) {
                at_few[i] = change_nsec(work_dir, few, i + 2);
                at_many[i] = change_nsec(work_dir, many, i + 2);
                if (at_few[i] < 0 || at_many[i] < 0)
                        return -EIO;
                ratios[i] = at_many[i] / at_few[i];
        }
        (void)printf("\na change among %u (left) and among %u users (right)\n", few, many);
        report("one change published", many, median(at_few, CHANGE_ROUNDS),
               median(at_many, CHANGE_ROUNDS), ratios, CHANGE_ROUNDS, 2);
        return 0;
}

static int run(const char *work_dir, uint32_t largest)
{
        int r = 0;

        (void)printf("%-30s %8s %10s %10s %s\n", "nanoseconds a call", "users", "empty", "bo",
                     "  ratio (10th-90th percentile) and bound");
        for (size_t i = 0; i < ELEMENTS(sizes) && sizes[i] <= largest && r == 0; i++)
                r = measure_size(work_dir, sizes[i]);
        return r < 0 || largest < 10000 ? r : measure_change(work_dir, 1000, largest);
}

/* The loader reads its path when a process starts: so start again with the modules in it. */
static int find_modules(char **argv)
{
        const char *path = getenv("LD_LIBRARY_PATH");

        if (path && strcmp(path, BENCH_MODULE_DIR) == 0)
                return 0;
        if (setenv("LD_LIBRARY_PATH", BENCH_MODULE_DIR, 1) < 0)
                return -errno;
        (void)execv("/proc/self/exe", argv); /* returns only if it failed */
        return -errno;
}

int main(int argc, char **argv)
{
        char work_dir[64];
        int r;

        if (argc == 2 && strcmp(argv[1], "--first-call") == 0)
                return worker_first_call();
        if (argc > 2 || (argc == 2 && strtoul(argv[1], NULL, 10) == 0)) {
                (void)fprintf(stderr, "Usage: %s [LARGEST-NUMBER-OF-USERS]   (as root)\n", argv[0]);
                return 2;
        }
        r = find_modules(argv);
        if (r == 0)
                r = world_enter(work_dir);
        if (r < 0) {
                (void)fprintf(stderr, "%s: cannot set up: %s\n", argv[0], strerror(-r));
                return 2;
        }
        r = run(work_dir, argc == 2 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000);
        world_leave(work_dir);
        if (r < 0)
                (void)fprintf(stderr, "%s: %s\n", argv[0], strerror(-r));
        return r < 0 ? 2 : all_held ? 0 : 1;
}
