/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many clients at once, each a process of its own, as sshd's are. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/login_bench.h"

/* In memory that parent and children share. */
struct storm {
        pthread_barrier_t begin, code;
        atomic_uint next, refused, accepted;
};

static struct storm *storm_new(unsigned clients)
{
        struct storm *storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        pthread_barrierattr_t shared;

        if (storm == MAP_FAILED)
                return NULL;
        (void)pthread_barrierattr_init(&shared);
        (void)pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
        (void)pthread_barrier_init(&storm->begin, &shared, clients + 1);
        (void)pthread_barrier_init(&storm->code, &shared, clients);
        return storm;
}

static int reap(const pid_t *children, unsigned n)
{
        int r = 0;

        for (unsigned i = 0; i < n; i++) {
                int status;

                if (waitpid(children[i], &status, 0) < 0 || status != 0)
                        r = -EIO;
        }
        return r;
}

static void client(struct storm *storm, struct login_try attempt, unsigned n, uint32_t first,
                   bool codes)
{
        unsigned i;

        (void)pthread_barrier_wait(&storm->begin);
        while ((i = atomic_fetch_add(&storm->next, 1)) < n) {
                bench_user(attempt.user, first + i);
                if (codes)
                        login_code(attempt.code);
                if (login_once(&attempt) != 0)
                        atomic_fetch_add(&storm->refused, 1);
        }
        _exit(0);
}

double storm_run(const struct login_try *like, unsigned clients, unsigned n, uint32_t first,
                 bool codes, unsigned *ret_refused)
{
        struct storm *storm = storm_new(clients);
        pid_t children[LOGIN_CLIENTS_MAX];
        double begin;
        int r;

        if (!storm)
                return -ENOMEM;
        for (unsigned i = 0; i < clients; i++) {
                children[i] = fork();
                if (children[i] < 0)
                        return -errno;
                if (children[i] == 0)
                        client(storm, *like, n, first, codes);
        }
        (void)pthread_barrier_wait(&storm->begin);
        begin = bench_now_msec();
        r = reap(children, clients);
        *ret_refused = storm->refused;
        (void)munmap(storm, sizeof(*storm));
        return r < 0 ? r : bench_now_msec() - begin;
}

static void wait_for_all(void *userdata)
{
        struct storm *storm = userdata;

        (void)pthread_barrier_wait(&storm->code);
}

static void racer(struct storm *storm, struct login_try attempt)
{
        attempt.before_code = wait_for_all;
        attempt.userdata = storm;
        (void)pthread_barrier_wait(&storm->begin);
        if (login_once(&attempt) == 0)
                atomic_fetch_add(&storm->accepted, 1);
        _exit(0);
}

int storm_race(const struct login_try *like, unsigned clients)
{
        struct storm *storm = storm_new(clients);
        pid_t children[LOGIN_CLIENTS_MAX];
        int r;

        if (!storm)
                return -ENOMEM;
        for (unsigned i = 0; i < clients; i++) {
                children[i] = fork();
                if (children[i] < 0)
                        return -errno;
                if (children[i] == 0)
                        racer(storm, *like);
        }
        (void)pthread_barrier_wait(&storm->begin);
        r = reap(children, clients);
        if (r == 0)
                r = (int)storm->accepted;
        (void)munmap(storm, sizeof(*storm));
        return r;
}
