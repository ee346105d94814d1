/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bad logins at a rate that does not wait for answers, as strangers make them. */
#include <errno.h>
#include <security/pam_appl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/login_bench.h"

/* In memory that parent and children share. */
struct tide {
        double begin_msec;
        atomic_uint next, tested, turned_away, others;
        _Atomic double late_msec;
};

static void come_from(char *rhost, size_t size, const struct flood *flood, unsigned i)
{
        if (flood->kind == '6')
                (void)snprintf(rhost, size, "2001:db8:bad:%x::1", i % flood->n_sources);
        else if (flood->kind == 'm')
                (void)snprintf(rhost, size, "203.0.113.%u", i % flood->n_sources + 1);
        else
                (void)snprintf(rhost, size, "192.0.2.66");
}

static void wait_until(double msec)
{
        double left = msec - bench_now_msec();
        struct timespec rest;

        if (left <= 0)
                return;
        rest = (struct timespec){.tv_sec = (time_t)(left / 1e3)};
        rest.tv_nsec = (long)((left - 1e3 * (double)rest.tv_sec) * 1e6);
        (void)nanosleep(&rest, NULL);
}

static void count(struct tide *tide, int code)
{
        if (code == PAM_AUTH_ERR || code == PAM_USER_UNKNOWN)
                atomic_fetch_add(&tide->tested, 1);
        else if (code == PAM_MAXTRIES)
                atomic_fetch_add(&tide->turned_away, 1);
        else
                atomic_fetch_add(&tide->others, 1);
}

/* Strangers do not use the machine that they attack: theirs is the least weight. */
static void client(struct tide *tide, struct login_try attempt, const struct flood *flood)
{
        unsigned i, total = flood->rate * flood->seconds;

        if (setpriority(PRIO_PROCESS, 0, 19) < 0)
                _exit(1);
        while ((i = atomic_fetch_add(&tide->next, 1)) < total) {
                double due = tide->begin_msec + 1e3 * i / flood->rate, late;

                wait_until(due);
                late = bench_now_msec() - due;
                if (late > tide->late_msec)
                        tide->late_msec = late;
                bench_user(attempt.user, flood->first + i % flood->n_users);
                come_from(attempt.rhost, sizeof(attempt.rhost), flood, i);
                count(tide, login_once(&attempt));
        }
        _exit(0);
}

static int start(struct tide *tide, const struct login_try *like, const struct flood *flood,
                 pid_t *children)
{
        /* All of them are there before the first one begins. */
        tide->begin_msec = bench_now_msec() + 500;
        for (unsigned i = 0; i < flood->clients; i++) {
                children[i] = fork();
                if (children[i] < 0)
                        return -errno;
                if (children[i] == 0)
                        client(tide, *like, flood);
        }
        return 0;
}

int flood_run(const struct login_try *like, const struct flood *flood, struct flood_result *ret)
{
        pid_t children[FLOOD_CLIENTS_MAX];
        struct tide *tide = mmap(NULL, sizeof(*tide), PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int r = tide == MAP_FAILED ? -errno : start(tide, like, flood, children);

        for (unsigned i = 0; r == 0 && i < flood->clients; i++) {
                int status;

                if (waitpid(children[i], &status, 0) < 0 || status != 0)
                        r = -EIO;
        }
        if (r == 0)
                *ret = (struct flood_result){
                        .tried = flood->rate * flood->seconds,
                        .tested = tide->tested,
                        .turned_away = tide->turned_away,
                        .others = tide->others,
                        .msec = bench_now_msec() - tide->begin_msec,
                        .late_msec = tide->late_msec,
                };
        if (tide != MAP_FAILED)
                (void)munmap(tide, sizeof(*tide));
        return r;
}
