/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls of libbo over one open connection, as login_client.c does logins:
 *
 *   account FIRST N GAP   account phase of users from FIRST on, GAP milliseconds between
 *   list N GAP            ListUsers, 50 users
 *   pages N LIMIT CUSTOMER STATUS KIND ROLE SEARCH   N pages of ListUsers, one after the other, "-"
 * for no filter; a line for each: milliseconds, users places N LIMIT CUSTOMER TEXT   the same of
 * SearchLocations create FIRST N        CreateUser attempt USER
 * RHOST ANSWER   auth phase, until ANSWER to the first question is answered; "token" is a token
 * that was never issued wake N GAP            how late this process wakes up from a pause: what the
 * machine adds itself
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bo-accountd/factor/token.h"
#include "libbo/bo.h"
#include "tests/bench/login_bench.h"

static const char *socket_path;

DEFINE_CLEANUP(bo *, bo_close)

static int account_once(bo *client, unsigned user)
{
        struct bo_question question;
        char name[LOGIN_NAME_BYTES];
        const struct bo_login_context context = {.user = name, .service = "bench"};
        int r;

        bench_user(name, user);
        r = bo_login_begin(client, BO_PHASE_ACCOUNT, &context, &question);
        return r == 0 && (question.kind != BO_DONE || question.outcome != 0) ? -EBADMSG : r;
}

static int list_once(bo *client, unsigned unused)
{
        struct bo_user_page *page = NULL;
        int r = bo_user_list(client, NULL, NULL, 50, &page);

        (void)unused; /* the same page for everybody */
        bo_user_page_free(page);
        return r;
}

static const char *wish(const char *word)
{
        return strcmp(word, "-") == 0 ? NULL : word;
}

/* Where the last long walk was FAR_PAGES before its end, for who wants to begin there. */
#define FAR_PAGES 20
static char far[512];

static int walk(const struct bo_user_filter *filter, const char *from, unsigned n, unsigned limit)
{
        _cleanup_(bo_closep) bo *client = NULL;
        char cursor[sizeof(far)];
        int r = bo_open(&client, socket_path);

        (void)snprintf(cursor, sizeof(cursor), "%s", from);
        for (unsigned i = 0; r == 0 && i < n && (i == 0 || *cursor); i++) {
                struct bo_user_page *page = NULL;
                double begin = bench_now_msec();

                if (n > FAR_PAGES && i == n - FAR_PAGES)
                        memcpy(far, cursor, sizeof(far));
                r = bo_user_list(client, filter, cursor, limit, &page);
                if (r != 0)
                        break;
                (void)printf("%.6f %zu\n", bench_now_msec() - begin, page->n_items);
                (void)snprintf(cursor, sizeof(cursor), "%s", page->next ? page->next : "");
                bo_user_page_free(page);
        }
        return r;
}

static int pages_from(const char *from, char **words)
{
        const struct bo_user_filter filter = {
                .customer = wish(words[3]),
                .status = wish(words[4]),
                .kind = wish(words[5]),
                .role = wish(words[6]),
                .search = wish(words[7]),
        };

        return walk(&filter, from, bench_number(words[1]), bench_number(words[2]));
}

static int do_pages(char **words)
{
        return pages_from("", words);
}

static int do_far(char **words)
{
        return pages_from(far, words);
}

/* As do_pages(), of locations. */
static int do_places(char **words)
{
        _cleanup_(bo_closep) bo *client = NULL;
        char *cursor = NULL;
        int r = bo_open(&client, socket_path);

        for (unsigned i = 0; r == 0 && i < bench_number(words[1]); i++) {
                struct bo_location_page *page = NULL;
                double begin = bench_now_msec();

                r = bo_location_search(client, wish(words[3]), wish(words[4]), cursor,
                                       bench_number(words[2]), &page);
                if (r != 0)
                        break;
                (void)printf("%.6f %zu\n", bench_now_msec() - begin, page->n_items);
                free(cursor);
                cursor = strdup(page->next ? page->next : "");
                bo_location_page_free(page);
                if (!cursor || !*cursor)
                        break;
        }
        free(cursor);
        return r;
}

static int permission_once(bo *client, unsigned user)
{
        char name[LOGIN_NAME_BYTES];
        bool allowed = false;

        bench_user(name, user);
        return bo_check_permission(client, name, "transactions.view", NULL, &allowed, NULL);
}

static int create_once(bo *client, unsigned user)
{
        char name[LOGIN_NAME_BYTES], *username = NULL, *token = NULL;
        const struct bo_user_new wish = {.name = name};
        uint32_t uid;
        int r;

        (void)snprintf(name, sizeof(name), "new%07u@shop.example", user);
        r = bo_user_create(client, &wish, &uid, &username, &token);
        bo_string_free(username);
        bo_string_free(token);
        return r;
}

/* A pause, so that it is the storm that loads the machine and not the one who looks at it. */
static void pause_msec(unsigned msec)
{
        const struct timespec gap = {.tv_sec = msec / 1000, .tv_nsec = (msec % 1000) * 1000000L};

        (void)nanosleep(&gap, NULL);
}

static int over_bus(int (*call)(bo *, unsigned), unsigned first, unsigned n, unsigned gap)
{
        _cleanup_(bo_closep) bo *client = NULL;
        int r = bo_open(&client, socket_path);

        for (unsigned i = 0; r == 0 && i < n; i++) {
                double begin;

                if (gap > 0)
                        pause_msec(gap);
                begin = bench_now_msec();
                r = call(client, first + i);
                if (r == 0)
                        bench_tell(bench_now_msec() - begin);
        }
        return r;
}

static int do_account(char **words)
{
        return over_bus(account_once, bench_number(words[1]), bench_number(words[2]),
                        bench_number(words[3]));
}

static int do_list(char **words)
{
        return over_bus(list_once, 0, bench_number(words[1]), bench_number(words[2]));
}

static int do_permission(char **words)
{
        return over_bus(permission_once, bench_number(words[1]), bench_number(words[2]), 0);
}

static int do_become(char **words)
{
        return seteuid(0) < 0 || seteuid(bench_number(words[1])) < 0 ? -errno : 0;
}

static int do_create(char **words)
{
        return over_bus(create_once, bench_number(words[1]), bench_number(words[2]), 0);
}

static int attempt(bo *client, const struct bo_login_context *context, const char *answer)
{
        struct bo_question question;
        double begin = bench_now_msec();
        int r = bo_login_begin(client, BO_PHASE_AUTH, context, &question);

        if (r == 0)
                r = bo_login_step(client, question.login, answer, strlen(answer), &question);
        if (r == 0)
                bench_tell(bench_now_msec() - begin);
        return r == 0 && question.kind == BO_DONE && question.outcome == 0 ? -EBADMSG : r;
}

/* A connection each time, as a login has one; making it is not counted. */
static int do_attempt(char **words)
{
        const struct bo_login_context context = {
                .user = words[1], .service = "bench", .rhost = words[2]};
        _cleanup_(bo_closep) bo *client = NULL;
        char text[TOKEN_TEXT_SIZE];
        struct token token;
        int r = bo_open(&client, socket_path);

        token_generate(&token, text);
        return r == 0 ? attempt(client, &context, strcmp(words[3], "token") == 0 ? text : words[3])
                      : r;
}

static int do_wake(char **words)
{
        unsigned gap = bench_number(words[2]);

        for (unsigned i = 0; i < bench_number(words[1]); i++) {
                double begin = bench_now_msec();

                pause_msec(gap);
                bench_tell(bench_now_msec() - begin - gap);
        }
        return 0;
}

static const struct bench_command commands[] = {
        {"permission", 3, do_permission},
        {"become", 2, do_become},
        {"wake", 3, do_wake},
        {"account", 4, do_account},
        {"list", 3, do_list},
        {"create", 3, do_create},
        {"attempt", 4, do_attempt},
        {"pages", 8, do_pages},
        {"places", 5, do_places},
        {"far", 8, do_far},
};

int main(int argc, char **argv)
{
        if (argc != 2) {
                (void)fprintf(stderr, "Usage: %s SOCKET\n", argv[0]);
                return 2;
        }
        socket_path = argv[1];
        bench_obey(commands, ELEMENTS(commands));
        return 0;
}
