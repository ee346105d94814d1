/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server for libbo that answers what the test wants, in shapes that the daemon never sends. */
#include "tests/unit/libbo_server.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "tests/temp.h"

static pthread_t caller;
static pid_t caller_tid;
static volatile sig_atomic_t signals;
static struct sigaction before;

static void signal_count(int number)
{
        signals++;
}

/* Interrupts the caller while it sleeps in its wait for the answer. */
static void caller_interrupt(void)
{
        char path[64], state = 0;

        snprintf(path, sizeof(path), "/proc/self/task/%d/stat", caller_tid);
        while (state != 'S') {
                _cleanup_(fclosep) FILE *file = fopen(path, "re");

                if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
                        abort();
        }
        pthread_kill(caller, SIGUSR1);
        while (signals == 0)
                sched_yield();
}

void server_watch_caller(void)
{
        const struct sigaction count = {.sa_handler = signal_count};

        caller = pthread_self();
        caller_tid = gettid();
        signals = 0;
        sigaction(SIGUSR1, &count, &before);
}

int server_signals_sent(void)
{
        sigaction(SIGUSR1, &before, NULL);
        return signals;
}

/* The reply to Begin is what the context says: kind = service, text = user; or an error of the
 * name user. "vanish" ends the connection, "interrupt" sends a signal first. */
static int on_begin(sd_bus_message *call, void *data, sd_bus_error *error)
{
        const char *phase, *key, *value, *user = "", *service = "";

        sd_bus_message_read(call, "s", &phase);
        sd_bus_message_enter_container(call, 'a', "{sv}");
        while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
                sd_bus_message_read(call, "s", &key);
                if (strcmp(key, "protocol") == 0)
                        sd_bus_message_skip(call, "v");
                else if (sd_bus_message_read(call, "v", "s", &value) > 0)
                        *(strcmp(key, "user") == 0 ? &user : &service) = value;
                sd_bus_message_exit_container(call);
        }
        if (strcmp(service, "vanish") == 0)
                sd_bus_close(sd_bus_message_get_bus(call));
        if (strcmp(service, "interrupt") == 0) {
                caller_interrupt();
                service = "secret";
        }
        if (strcmp(service, "error") == 0)
                return sd_bus_error_set(error, user, "said\033[2J");
        return sd_bus_reply_method_return(call, "tss", UINT64_C(7), service, user);
}

static int on_step(sd_bus_message *call, void *data, sd_bus_error *error)
{
        return sd_bus_reply_method_return(call, "ss", "done", "LockedAttempts");
}

/* _1: as it should be; _2: a uid that is text; _3: no status. */
static int on_properties(sd_bus_message *call, void *data, sd_bus_error *error)
{
        const char *path = sd_bus_message_get_path(call);

        if (!sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "GetAll"))
                return 0;
        if (strcmp(strrchr(path, '_'), "_1") == 0)
                return sd_bus_reply_method_return(
                        call, "a{sv}", 6, "Uid", "u", 1U, "Username", "s", "alice\007", "Kind", "s",
                        "adm", "Status", "s", "active", "FromTheFuture", "a(ii)", 1, 2, 3, "Roles",
                        "a(ss)", 2, "shop", "admin", "mall", "viewer");
        if (strcmp(strrchr(path, '_'), "_2") == 0)
                return sd_bus_reply_method_return(call, "a{sv}", 4, "Uid", "s", "1", "Username",
                                                  "s", "a", "Kind", "s", "adm", "Status", "s",
                                                  "active");
        return sd_bus_reply_method_return(call, "a{sv}", 2, "Username", "s", "a", "Kind", "s",
                                          "adm");
}

/* The key says what is answered. */
static int on_verify(sd_bus_message *call)
{
        const void *key;
        size_t size;

        sd_bus_message_read_array(call, 'y', &key, &size);
        if (size == 4 && memcmp(key, "good", 4) == 0)
                return sd_bus_reply_method_return(call, "a{sv}", 5, "Username", "s", "alice", "Uid",
                                                  "u", 70001, "Colour", "s", "blue", "Roles", "as",
                                                  1, "viewer", "Customer", "s", "sh\007op");
        if (size == 6 && memcmp(key, "nobody", 6) == 0)
                return sd_bus_reply_method_return(call, "a{sv}", 1, "Uid", "u", 70001);
        if (size == 4 && memcmp(key, "root", 4) == 0)
                return sd_bus_reply_method_return(call, "a{sv}", 1, "Username", "s", "alice");
        if (size == 4 && memcmp(key, "type", 4) == 0)
                return sd_bus_reply_method_return(call, "a{sv}", 2, "Username", "u", 1, "Uid", "u",
                                                  70001);
        return sd_bus_reply_method_return(call, "");
}

/* CheckPermission: the permission says which answer, in which shape. */
static int on_check(sd_bus_message *call, void *data, sd_bus_error *error)
{
        const char *user, *permission;

        if (sd_bus_message_is_method_call(call, "org.backoffice.Accounts1.Manager", "VerifyKey"))
                return on_verify(call);
        if (!sd_bus_message_is_method_call(call, "org.backoffice.Accounts1.Manager",
                                           "CheckPermission"))
                return 0;
        sd_bus_message_read(call, "ss", &user, &permission);
        if (strcmp(permission, "yes") == 0)
                return sd_bus_reply_method_return(call, "bs", 1, "");
        if (strcmp(permission, "who") == 0)
                return sd_bus_reply_method_return(call, "bs", 0, user);
        if (strcmp(permission, "text") == 0)
                return sd_bus_reply_method_return(call, "ss", "true", "");
        if (strcmp(permission, "half") == 0)
                return sd_bus_reply_method_return(call, "b", 1);
        return sd_bus_reply_method_return(call, "");
}

static const sd_bus_vtable login_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("Begin", "sa{sv}", "tss", on_begin, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD("Step", "tay", "ss", on_step, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

/* One connection, until it ends. */
static void *serve(void *data)
{
        struct server *server = data;
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        sd_bus *bus = NULL;

        if (fd < 0)
                return NULL;
        sd_bus_new(&bus);
        sd_bus_set_fd(bus, fd, fd);
        sd_bus_set_server(bus, true,
                          SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16));
        sd_bus_set_trusted(bus, true);
        sd_bus_add_object_vtable(bus, NULL, "/org/backoffice/Accounts1",
                                 "org.backoffice.Accounts1.Login", login_vtable, NULL);
        sd_bus_add_object(bus, NULL, "/org/backoffice/Accounts1", on_check, NULL);
        sd_bus_add_fallback(bus, NULL, "/org/backoffice/Accounts1/user", on_properties, NULL);
        sd_bus_start(bus);
        for (;;) {
                int r = sd_bus_process(bus, NULL);

                if (r < 0 || (r == 0 && sd_bus_wait(bus, UINT64_MAX) < 0))
                        break;
        }
        sd_bus_close_unref(bus);
        return NULL;
}

int server_listen(const char *path)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        assert_return_code(bind(fd, (struct sockaddr *)&address, sizeof(address)), errno);
        assert_return_code(listen(fd, 4), errno);
        return fd;
}

int server_start(void **state)
{
        struct server *server = calloc(1, sizeof(*server));

        assert_non_null(
                temp_directory(server->directory, sizeof(server->directory), "/tmp/libbo-test-"));
        snprintf(server->path, sizeof(server->path), "%s/bus", server->directory);
        server->listener = server_listen(server->path);
        assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
        *state = server;
        return 0;
}

int server_stop(void **state)
{
        struct server *server = *state;

        shutdown(server->listener, SHUT_RDWR); /* wakes an accept() that nobody came to */
        pthread_join(server->thread, NULL);
        close(server->listener);
        unlink(server->path);
        rmdir(server->directory);
        free(server);
        return 0;
}
