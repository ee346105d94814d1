/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the login bench share: users, the clock, one login, many logins at once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "common/cleanup.h"

/* Every user in the store has the same password and the same secret of one-time codes. */
#define LOGIN_PASSWORD    "quiet Harbour 58 lantern"
#define LOGIN_OTP_SECRET  "bo-bench-secret-20by"
#define LOGIN_OTP_BYTES   20
#define LOGIN_NAME_BYTES  64
#define LOGIN_FIRST_UID   100000U
#define LOGIN_FIRST_GID   10000000U /* of customers */
#define LOGIN_CLIENTS_MAX 64
#define FLOOD_CLIENTS_MAX 512

/* Of the daemon's hashing threads; the bare hash has it too, so that what else runs on the machine
 * weighs the same on both. */
#define LOGIN_HASH_NICE 10

enum login_part { PART_START, PART_AUTH, PART_ACCOUNT, PART_OPEN, PART_END, PARTS };

/* One login or password change: who, through which service, and how long each part took. */
struct login_try {
        const char *confdir, *service;
        char user[LOGIN_NAME_BYTES];
        char code[8];
        char fresh[64]; /* the new password of a change */
        char rhost[48]; /* "": 192.0.2.7 */
        bool wrong;     /* gives a wrong password */
        void (*before_code)(void *userdata);
        void *userdata;
        double msec[PARTS];
};

static inline double bench_now_msec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* A line on standard input that begins with @word and has @n_words; < 0 or a PAM code is an error.
 */
struct bench_command {
        const char *word;
        int n_words;
        int (*run)(char **words);
};

void bench_obey(const struct bench_command *commands, size_t n_commands);
unsigned bench_number(const char *word);
int bench_tell(double value);

/* In the order of names, so that the store is filled at its ends. */
static inline void bench_user(char out[LOGIN_NAME_BYTES], uint32_t i)
{
        (void)snprintf(out, LOGIN_NAME_BYTES, "u%07u.jansen@shop.example", i);
}

/* The code of this moment. */
void login_code(char out[8]);

/* PAM codes; 0 is PAM_SUCCESS. auth, account, session of one handle, which is ended. */
int login_once(struct login_try *attempt);
int login_change(struct login_try *attempt);

/* @n logins of users from @first on by @clients processes; whole milliseconds, or < 0. */
double storm_run(const struct login_try *like, unsigned clients, unsigned n, uint32_t first,
                 bool codes, unsigned *ret_refused);
/* Bad logins at so many a second, however they are answered. */
struct flood {
        unsigned rate, seconds, clients;
        uint32_t first, n_users; /* names, in turns */
        char kind;               /* of source: '1' address, 'm' of @n_sources, '6' of a /48 */
        unsigned n_sources;
};
struct flood_result {
        unsigned tried, tested, turned_away, others; /* others: answered busy, or not at all */
        double msec;                                 /* from the first to the last answer */
        double late_msec;                            /* that the latest began after its time */
};
int flood_run(const struct login_try *like, const struct flood *flood, struct flood_result *ret);

/* The same user and code from @clients processes, released at once; how many got in, or < 0. */
int storm_race(const struct login_try *like, unsigned clients);
