/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VerifyKey over one open connection as root, beside CheckPermission and a call that does nothing:
 *
 *   keys FIRST N           makes programs at the first customer, each with a key
 *   one WHAT N             N calls, one after the other: ping, check or verify
 *   rate WHAT N            N calls, 32 under way at a time: what each took of the whole
 */
#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "tests/bench/login_bench.h"

#define NAME      "org.backoffice.Accounts1"
#define PATH      "/org/backoffice/Accounts1"
#define MANAGER   NAME ".Manager"
#define KEYS_MOST 64
#define WINDOW    32

static sd_bus *bus;
static char keys[KEYS_MOST][64];
static char names[KEYS_MOST][32];
static unsigned n_keys, turn;

static int open_bus(const char *socket)
{
        char address[512];
        int r = sd_bus_new(&bus);

        (void)snprintf(address, sizeof(address), "unix:path=%s", socket);
        if (r >= 0)
                r = sd_bus_set_address(bus, address);
        return r < 0 ? r : sd_bus_start(bus);
}

static int append_bytes(sd_bus_message *call, const char *text)
{
        return sd_bus_message_append_array(call, 'y', text, strlen(text));
}

static int make_key(const char *path, char key[64])
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        const char *text;
        int r = sd_bus_message_new_method_call(bus, &call, NULL, path, NAME ".User",
                                               "CreateApiKey");

        if (r >= 0)
                r = append_bytes(call, "");
        if (r >= 0)
                r = append_bytes(call, "");
        if (r >= 0)
                r = sd_bus_message_append(call, "a{sv}", 0);
        if (r >= 0)
                r = sd_bus_call(bus, call, 0, NULL, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "s", &text);
        if (r >= 0)
                (void)snprintf(key, 64, "%s", text);
        return r;
}

static int set_password(const char *path)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(bus, &call, NULL, path, NAME ".User",
                                               "SetApiPassword");

        if (r >= 0)
                r = append_bytes(call, LOGIN_PASSWORD);
        if (r >= 0)
                r = sd_bus_message_append(call, "a{sv}", 0);
        return r < 0 ? r : sd_bus_call(bus, call, 0, NULL, NULL);
}

static int make_program(unsigned number, char name[32], char key[64])
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *path;
        int r;

        (void)snprintf(name, 32, "bench-robot%u", number);
        r = sd_bus_call_method(bus, NULL, PATH, MANAGER, "CreateUser", NULL, &reply, "a{sv}", 4,
                               "Name", "s", name, "Kind", "s", "api", "Customer", "s", "shop00000",
                               "Roles", "as", 1, "viewer");
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = set_password(path);
        return r < 0 ? r : make_key(path, key);
}

static int do_keys(char **words)
{
        unsigned first = bench_number(words[1]), n = bench_number(words[2]);
        int r = 0;

        for (n_keys = 0; r >= 0 && n_keys < n && n_keys < KEYS_MOST; n_keys++)
                r = make_program(first + n_keys, names[n_keys], keys[n_keys]);
        return r < 0 ? r : 0;
}

static int new_verify(sd_bus_message **ret_call)
{
        int r = sd_bus_message_new_method_call(bus, ret_call, NULL, PATH, MANAGER, "VerifyKey");

        if (r >= 0)
                r = append_bytes(*ret_call, keys[turn++ % n_keys]);
        return r < 0 ? r : sd_bus_message_append(*ret_call, "ssa{sv}", "robots", "192.0.2.7", 0);
}

static int new_check(sd_bus_message **ret_call)
{
        int r = sd_bus_message_new_method_call(bus, ret_call, NULL, PATH, MANAGER,
                                               "CheckPermission");

        return r < 0 ? r
                     : sd_bus_message_append(*ret_call, "ssa{sv}", names[turn++ % n_keys],
                                             "transactions.view", 0);
}

static int new_ping(sd_bus_message **ret_call)
{
        return sd_bus_message_new_method_call(bus, ret_call, NULL, PATH,
                                              "org.freedesktop.DBus.Peer", "Ping");
}

static int new_call(const char *what, sd_bus_message **ret_call)
{
        if (n_keys == 0)
                return -EINVAL;
        if (strcmp(what, "verify") == 0)
                return new_verify(ret_call);
        return strcmp(what, "check") == 0 ? new_check(ret_call) : new_ping(ret_call);
}

static int do_one(char **words)
{
        int r = 0;

        for (unsigned i = 0; r >= 0 && i < bench_number(words[2]); i++) {
                _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
                double begin = bench_now_msec();

                r = new_call(words[1], &call);
                if (r >= 0)
                        r = sd_bus_call(bus, call, 0, NULL, NULL);
                if (r >= 0)
                        bench_tell(bench_now_msec() - begin);
        }
        return r < 0 ? r : 0;
}

static unsigned under_way;
static int failed;

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        (void)userdata, (void)error; /* sd-bus's signature */
        under_way--;
        if (sd_bus_message_is_method_error(reply, NULL))
                failed = -EIO;
        return 0;
}

static int wait_below(unsigned most)
{
        int r = 0;

        while (r >= 0 && under_way > most) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        }
        return r < 0 ? r : failed;
}

static int do_rate(char **words)
{
        unsigned n = bench_number(words[2]);
        double begin = bench_now_msec();
        int r = 0;

        for (unsigned i = 0; r >= 0 && i < n; i++) {
                _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;

                r = new_call(words[1], &call);
                if (r >= 0)
                        r = sd_bus_call_async(bus, NULL, call, on_reply, NULL, 0);
                under_way += r >= 0;
                if (r >= 0)
                        r = wait_below(WINDOW - 1);
        }
        if (r >= 0)
                r = wait_below(0);
        return r < 0 ? r : bench_tell((bench_now_msec() - begin) / n);
}

int main(int argc, char **argv)
{
        static const struct bench_command commands[] = {
                {"keys", 3, do_keys},
                {"one", 3, do_one},
                {"rate", 3, do_rate},
        };

        if (argc != 2 || open_bus(argv[1]) < 0) {
                (void)fprintf(stderr, "Usage: %s SOCKET\n", argv[0]);
                return 2;
        }
        bench_obey(commands, ELEMENTS(commands));
        sd_bus_flush_close_unref(bus);
        return 0;
}
