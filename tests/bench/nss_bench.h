/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the bench of libnss_bo share: the measured figures and the world they run in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
        BENCH_FIRST_UID = 70000,
        BENCH_MISSING_UID = 70000 + 4000000, /* uids from here on are nobody's */
        BENCH_FIRST_GID = 66000,
        BENCH_GIDS = 3,
        BENCH_HIT = 'u',  /* how the names of users begin */
        BENCH_MISS = 'x', /* and those of nobody */
        BENCH_NAME_BYTES = 40,
};

enum bench_figure {
        FIGURE_SAME_NAME,
        FIGURE_SAME_UID,
        FIGURE_RANDOM_NAME,
        FIGURE_RANDOM_UID,
        FIGURE_MISS_NAME,
        FIGURE_MISS_UID,
        FIGURE_SAME_INITGROUPS,
        FIGURE_RANDOM_INITGROUPS,
        FIGURE_FIRST_CALL,
        FIGURES,
};

enum bench_module {
        MODULE_EMPTY,
        MODULE_BO,
        MODULES,
};

void bench_name(char name[BENCH_NAME_BYTES], char kind, uint32_t i);

/* nss_world.c: a private mount name space with snapshots of its own, where glibc asks one module */
int world_enter(char work_dir[64]);
int world_make_snapshot(const char *work_dir, uint32_t n_users);
int world_show_snapshot(const char *work_dir, uint32_t n_users);
int world_select(const char *work_dir, enum bench_module module);
void world_leave(const char *work_dir);

/* nss_worker.c: a process that measures one module through glibc when it is told to */
struct worker {
        pid_t pid;
        int to, from;
};

int worker_start(struct worker *worker, const char *work_dir, enum bench_module module,
                 uint32_t n_users);
/* Nanoseconds a call, or a negative errno. */
double worker_measure(const struct worker *worker, enum bench_figure figure);
void worker_stop(struct worker *worker);
/* What the bench does when it is started for a first call alone. */
int worker_first_call(void);
/* 0 if lookups in libnss_bo get along without any system call. */
int worker_without_system_calls(uint32_t n_users);

uint64_t bench_now_nsec(void);
