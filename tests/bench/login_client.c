/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logs in through libpam, beside bare hashes. Linked with nothing that pam_bo.so brings along, so
 * that each login pays for loading it, as in a process that sshd has just made.
 *
 * Does what it is told on standard input, a command a line, and answers with lines of numbers
 * (milliseconds unless said otherwise) and a line "." at the end. tests/bench/run speaks to it.
 *
 *   hash N                       bare verification of Argon2id, in this process
 *   hashes THREADS N             N of them by so many threads: the whole time
 *   crypt N                      crypt(3) with the setting of the peer's cheap hash
 *   sync N                       12 KiB appended and fdatasync()ed, in the directory of work
 *   keep LIBRARY                 loads it into this process, for all children to come
 *   know USER                    looks him up in this process, as sshd does before it forks
 *   login SERVICE USER N CODES   USER a name or a number, then that user and the next ones; CODES 0
 *                                or 1. start auth account open end, of each login
 *   change SERVICE FIRST N       a password change of each user: start, change, end
 *   storm SERVICE CLIENTS N FIRST CODES   whole time, logins refused
 *   visit SERVICE FIRST N GAP    as login, each user from an address of his own, after GAP ms;
 * start is -1 of one that was refused flood SERVICE RATE SECONDS FIRST USERS KIND SOURCES   bad
 * logins: tried, tested, turned away, others, whole time, most late race SERVICE CLIENTS USER N
 * logins accepted with one code, of each of N users
 */
#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/login_bench.h"

#define CHEAP_SETTING "$6$rounds=1000$bobench"
#define SYNC_BYTES    (12 * 1024)

static struct {
        const char *confdir, *work_dir;
        char hash[crypto_pwhash_STRBYTES];
} bench;

static int verify(void)
{
        return crypto_pwhash_str_verify(bench.hash, LOGIN_PASSWORD, strlen(LOGIN_PASSWORD));
}

/* Of the calling thread alone. */
static int set_nice(int value)
{
        return setpriority(PRIO_PROCESS, (id_t)gettid(), value) < 0 ? -errno : 0;
}

static int do_hash(char **words)
{
        int r = set_nice(LOGIN_HASH_NICE);

        for (unsigned i = 0; r == 0 && i < bench_number(words[1]); i++) {
                double begin = bench_now_msec();

                if (verify() != 0)
                        return -ENOMEM;
                bench_tell(bench_now_msec() - begin);
        }
        return r < 0 ? r : set_nice(0);
}

struct hash_work {
        atomic_uint next, n;
};

static void *hash_thread(void *userdata)
{
        struct hash_work *work = userdata;

        (void)set_nice(LOGIN_HASH_NICE); /* worked in this process a moment ago */
        while (atomic_fetch_add(&work->next, 1) < work->n)
                if (verify() != 0)
                        abort(); /* out of memory: no figure is better than a wrong one */
        return NULL;
}

static int do_hashes(char **words)
{
        pthread_t threads[LOGIN_CLIENTS_MAX];
        struct hash_work work = {0, bench_number(words[2])};
        double begin = bench_now_msec();
        unsigned n = bench_number(words[1]);

        for (unsigned i = 0; i < n; i++)
                if (pthread_create(&threads[i], NULL, hash_thread, &work) != 0)
                        return -EAGAIN;
        for (unsigned i = 0; i < n; i++)
                (void)pthread_join(threads[i], NULL);
        return bench_tell(bench_now_msec() - begin);
}

static int do_crypt(char **words)
{
        for (unsigned i = 0; i < bench_number(words[1]); i++) {
                double begin = bench_now_msec();

                if (!crypt(LOGIN_PASSWORD, CHEAP_SETTING))
                        return -errno;
                bench_tell(bench_now_msec() - begin);
        }
        return 0;
}

static int do_sync(char **words)
{
        static const char bytes[SYNC_BYTES] = "x";
        char path[256];
        _cleanup_(closep) int fd = -1;

        (void)snprintf(path, sizeof(path), "%s/sync", bench.work_dir);
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        for (unsigned i = 0; i < bench_number(words[1]); i++) {
                double begin = bench_now_msec();

                if (write(fd, bytes, sizeof(bytes)) < 0 || fdatasync(fd) < 0)
                        return -errno;
                bench_tell(bench_now_msec() - begin);
        }
        return 0;
}

static int do_keep(char **words)
{
        return dlopen(words[1], RTLD_NOW) ? 0 : -ENOENT;
}

static int do_know(char **words)
{
        return getpwnam(words[1]) ? 0 : -ENOENT;
}

static int tell_parts(const struct login_try *attempt)
{
        for (int part = 0; part < PARTS; part++)
                (void)printf("%.6f%c", attempt->msec[part], part + 1 < PARTS ? ' ' : '\n');
        return 0;
}

static void set_user(struct login_try *attempt, const char *word, unsigned i)
{
        if (word[0] >= '0' && word[0] <= '9')
                bench_user(attempt->user, bench_number(word) + i);
        else
                (void)snprintf(attempt->user, sizeof(attempt->user), "%s", word);
}

/* In a child, as sshd makes one for each connection: what a login loads is loaded in it. */
static int login_in_child(struct login_try *shared)
{
        pid_t child = fork();
        int status;

        if (child < 0)
                return -errno;
        if (child == 0)
                _exit(login_once(shared));
        if (waitpid(child, &status, 0) < 0)
                return -errno;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -EIO;
}

static int do_login(char **words)
{
        struct login_try *attempt = mmap(NULL, sizeof(*attempt), PROT_READ | PROT_WRITE,
                                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int r = attempt == MAP_FAILED ? -errno : 0;

        for (unsigned i = 0; r == 0 && i < bench_number(words[3]); i++) {
                *attempt = (struct login_try){.confdir = bench.confdir, .service = words[1]};
                set_user(attempt, words[2], i);
                if (bench_number(words[4]))
                        login_code(attempt->code);
                r = login_in_child(attempt);
                if (r == 0)
                        tell_parts(attempt);
        }
        if (attempt != MAP_FAILED)
                (void)munmap(attempt, sizeof(*attempt));
        return r;
}

static int do_change(char **words)
{
        struct login_try attempt = {.confdir = bench.confdir, .service = words[1]};

        for (unsigned i = 0; i < bench_number(words[3]); i++) {
                int r;

                set_user(&attempt, words[2], i);
                (void)snprintf(attempt.fresh, sizeof(attempt.fresh), "brisk Meadow %u kettle", i);
                r = login_change(&attempt);
                if (r != 0)
                        return r;
                tell_parts(&attempt);
        }
        return 0;
}

static int do_storm(char **words)
{
        const struct login_try like = {.confdir = bench.confdir, .service = words[1]};
        unsigned refused = 0;
        double msec = storm_run(&like, bench_number(words[2]), bench_number(words[3]),
                                bench_number(words[4]), bench_number(words[5]) != 0, &refused);

        if (msec < 0)
                return (int)msec;
        bench_tell(msec);
        return bench_tell(refused);
}

static int do_race(char **words)
{
        struct login_try like = {.confdir = bench.confdir, .service = words[1]};

        for (unsigned i = 0; i < bench_number(words[4]); i++) {
                int accepted;

                set_user(&like, words[3], i);
                login_code(like.code);
                accepted = storm_race(&like, bench_number(words[2]));
                if (accepted < 0)
                        return accepted;
                bench_tell(accepted);
        }
        return 0;
}

static int do_visit(char **words)
{
        const struct timespec gap = {.tv_nsec = 1000000L * bench_number(words[4])};
        struct login_try *attempt = mmap(NULL, sizeof(*attempt), PROT_READ | PROT_WRITE,
                                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        int r = attempt == MAP_FAILED ? -errno : 0;

        for (unsigned i = 0; r == 0 && i < bench_number(words[3]); i++) {
                *attempt = (struct login_try){.confdir = bench.confdir, .service = words[1]};
                set_user(attempt, words[2], i);
                (void)snprintf(attempt->rhost, sizeof(attempt->rhost), "198.51.100.%u",
                               (bench_number(words[2]) + i) % 250 + 1);
                (void)nanosleep(&gap, NULL);
                if (login_in_child(attempt) != 0)
                        attempt->msec[PART_START] = -1;
                tell_parts(attempt);
        }
        if (attempt != MAP_FAILED)
                (void)munmap(attempt, sizeof(*attempt));
        return r;
}

static int do_flood(char **words)
{
        const struct login_try like = {
                .confdir = bench.confdir, .service = words[1], .wrong = true};
        const struct flood flood = {
                .rate = bench_number(words[2]),
                .seconds = bench_number(words[3]),
                .clients = FLOOD_CLIENTS_MAX,
                .first = bench_number(words[4]),
                .n_users = bench_number(words[5]),
                .kind = words[6][0],
                .n_sources = bench_number(words[7]),
        };
        struct flood_result result;
        int r = flood_run(&like, &flood, &result);

        if (r != 0)
                return r;
        bench_tell(result.tried);
        bench_tell(result.tested);
        bench_tell(result.turned_away);
        bench_tell(result.others);
        bench_tell(result.msec);
        return bench_tell(result.late_msec);
}

static const struct bench_command commands[] = {
        {"hash", 2, do_hash},   {"hashes", 3, do_hashes}, {"crypt", 2, do_crypt},
        {"sync", 2, do_sync},   {"keep", 2, do_keep},     {"know", 2, do_know},
        {"login", 5, do_login}, {"change", 4, do_change}, {"storm", 6, do_storm},
        {"race", 5, do_race},   {"visit", 5, do_visit},   {"flood", 8, do_flood},
};

int main(int argc, char **argv)
{
        if (argc != 5 || sodium_init() < 0) {
                (void)fprintf(stderr, "Usage: %s CONFDIR WORK-DIR HASH-BYTES HASH-PASSES\n",
                              argv[0]);
                return 2;
        }
        bench.confdir = argv[1];
        bench.work_dir = argv[2];
        if (crypto_pwhash_str_alg(bench.hash, LOGIN_PASSWORD, strlen(LOGIN_PASSWORD),
                                  strtoull(argv[4], NULL, 10), strtoul(argv[3], NULL, 10),
                                  crypto_pwhash_ALG_ARGON2ID13) < 0)
                return 2;
        bench_obey(commands, ELEMENTS(commands));
        return 0;
}
