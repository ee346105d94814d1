/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CheckPermission over one open connection, beside a call that does nothing:
 *
 *   ping N                   an empty call, answered without a worker or the store
 *   own UID N                of whoever asks
 *   check UID FIRST STEP N   asked by UID, of every STEPth user from FIRST on
 */
#include <errno.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "tests/bench/login_bench.h"

#define NAME "org.backoffice.Accounts1"
#define PATH "/org/backoffice/Accounts1"

static const char *socket_path;

/* The daemon sees who connects, not who calls. */
static int connect_as(uid_t uid, sd_bus **ret_bus)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        char address[512];
        int r = sd_bus_new(&bus);

        (void)snprintf(address, sizeof(address), "unix:path=%s", socket_path);
        if (r >= 0)
                r = sd_bus_set_address(bus, address);
        if (r >= 0 && seteuid(uid) < 0)
                r = -errno;
        if (r >= 0)
                r = sd_bus_start(bus);
        /* The handshake belongs to it. */
        if (r >= 0)
                r = sd_bus_call_method(bus, NULL, PATH, "org.freedesktop.DBus.Peer", "Ping", NULL,
                                       NULL, NULL);
        if (seteuid(0) < 0)
                return -errno;
        if (r >= 0)
                *ret_bus = TAKE_PTR(bus);
        return r < 0 ? r : 0;
}

static int ping(sd_bus *bus, const char *unused)
{
        (void)unused; /* the signature of a call */
        return sd_bus_call_method(bus, NULL, PATH, "org.freedesktop.DBus.Peer", "Ping", NULL, NULL,
                                  NULL);
}

static int check(sd_bus *bus, const char *user)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *reason;
        int allowed, r = sd_bus_call_method(bus, NULL, PATH, NAME ".Manager", "CheckPermission",
                                            NULL, &reply, "ssa{sv}", user, "transactions.view", 0);

        return r < 0 ? r : sd_bus_message_read(reply, "bs", &allowed, &reason);
}

struct series {
        int (*call)(sd_bus *bus, const char *user);
        bool named; /* of users, not of whoever asks */
        unsigned first, step, n;
};

/* The first call of a connection hangs up the object tree, and is not counted. */
static int series_run(uid_t uid, const struct series *series)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        char user[LOGIN_NAME_BYTES] = "";
        int r = connect_as(uid, &bus);

        for (unsigned i = 0; r >= 0 && i <= series->n; i++) {
                double begin;

                if (series->named)
                        bench_user(user, series->first + (i > 0 ? i - 1 : 0) * series->step);
                begin = bench_now_msec();
                r = series->call(bus, user);
                if (r >= 0 && i > 0)
                        bench_tell(bench_now_msec() - begin);
        }
        return r < 0 ? r : 0;
}

static int do_ping(char **words)
{
        return series_run(0, &(struct series){.call = ping, .n = bench_number(words[1])});
}

static int do_own(char **words)
{
        return series_run(bench_number(words[1]),
                          &(struct series){.call = check, .n = bench_number(words[2])});
}

static int do_check(char **words)
{
        return series_run(bench_number(words[1]), &(struct series){
                                                          .call = check,
                                                          .named = true,
                                                          .first = bench_number(words[2]),
                                                          .step = bench_number(words[3]),
                                                          .n = bench_number(words[4]),
                                                  });
}

int main(int argc, char **argv)
{
        static const struct bench_command commands[] = {
                {"ping", 2, do_ping},
                {"own", 3, do_own},
                {"check", 5, do_check},
        };

        if (argc != 2) {
                (void)fprintf(stderr, "Usage: %s SOCKET\n", argv[0]);
                return 2;
        }
        socket_path = argv[1];
        bench_obey(commands, ELEMENTS(commands));
        return 0;
}
