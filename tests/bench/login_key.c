/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logins of programs over one open connection, by key and by password, beside a bare look-up:
 *
 *   robots N      makes API users, each with a password and a key
 *   first N       the first login of each by its key, which is written down
 *   key N         logins of the first of them by its key, which are not
 *   password N    the same by its password
 *   find N        GetUser of its name
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libbo/bo.h"
#include "tests/bench/login_bench.h"

#define ROBOTS_MOST 64
#define PASSWORD    "quiet Harbour 58 lantern"

static const char *socket_path;

static struct {
        char name[16];
        char *key;
} robots[ROBOTS_MOST];

DEFINE_CLEANUP(bo *, bo_close)

static int make(bo *client, unsigned i)
{
        const struct bo_user_new wish = {.name = robots[i].name, .kind = "api"};
        char *name = NULL, *link = NULL;
        uint32_t uid;
        int r;

        (void)snprintf(robots[i].name, sizeof(robots[i].name), "robot%u", i);
        r = bo_user_create(client, &wish, &uid, &name, &link);
        bo_string_free(name);
        bo_string_free(link);
        if (r == 0)
                r = bo_user_set_api_password(client, uid, PASSWORD);
        return r == 0 ? bo_key_create(client, uid, NULL, NULL, &robots[i].key) : r;
}

static int login(bo *client, unsigned i, const char *answer)
{
        const struct bo_login_context context = {
                .user = robots[i].name, .service = "robots", .rhost = "192.0.2.1"};
        struct bo_question question;
        int r = bo_login_begin(client, BO_PHASE_AUTH, &context, &question);

        if (r == 0)
                r = bo_login_step(client, question.login, answer, strlen(answer), &question);
        return r == 0 && (question.kind != BO_DONE || question.outcome != 0) ? -EACCES : r;
}

static int by_key(bo *client, unsigned i)
{
        return login(client, i, robots[i].key);
}

static int busy(bo *client, unsigned i)
{
        (void)i; /* the same for all */
        return by_key(client, 0);
}

static int by_password(bo *client, unsigned i)
{
        (void)i; /* the same for all */
        return login(client, 0, PASSWORD);
}

static int find(bo *client, unsigned i)
{
        uint32_t uid;

        (void)i; /* the same for all */
        return bo_user_find(client, robots[0].name, &uid);
}

static int times(int (*call)(bo *, unsigned), const char *n)
{
        _cleanup_(bo_closep) bo *client = NULL;
        int r = bo_open(&client, socket_path);

        for (unsigned i = 0; r == 0 && i < bench_number(n); i++) {
                double begin = bench_now_msec();

                r = call(client, i);
                if (r == 0)
                        bench_tell(bench_now_msec() - begin);
        }
        return r;
}

static int do_robots(char **words)
{
        return bench_number(words[1]) <= ROBOTS_MOST ? times(make, words[1]) : -EINVAL;
}

static int do_first(char **words)
{
        return times(by_key, words[1]);
}

static int do_key(char **words)
{
        return times(busy, words[1]);
}

static int do_password(char **words)
{
        return times(by_password, words[1]);
}

static int do_find(char **words)
{
        return times(find, words[1]);
}

static const struct bench_command commands[] = {
        {"robots", 2, do_robots},     {"first", 2, do_first}, {"key", 2, do_key},
        {"password", 2, do_password}, {"find", 2, do_find},
};

int main(int argc, char **argv)
{
        if (argc != 2)
                return 2;
        socket_path = argv[1];
        bench_obey(commands, sizeof(commands) / sizeof(*commands));
        return 0;
}
