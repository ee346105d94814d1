/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A server on a private socket that says what a script tells it, for what the real daemon never
 * says: unknown kinds, questions in the account phase, silence. It prints what it was asked.
 *
 *   fake-daemon SOCKET SCRIPT    a line of the script for each call, in order:
 *   KIND TEXT                    the next question, or done and an outcome
 *   fail NAME TEXT               a D-Bus error; NAME without a dot is one of bo's
 *   silence                      no reply at all
 *   hangup                       the connection is closed instead of a reply
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "tests/pam/percent.h"

#define LOGIN  UINT64_C(18446744073709551557) /* does not fit into a signed number */
#define PREFIX "org.backoffice.Accounts1.Error."

static FILE *script;
static sd_event *event;

static void must(int r, const char *what)
{
        if (r >= 0)
                return;
        fprintf(stderr, "fake-daemon: %s: %s\n", what, strerror(-r));
        exit(EXIT_FAILURE);
}

static void print_value(sd_bus_message *call, const char *key, const char *type)
{
        const char *text = NULL;
        uint64_t number = 0;
        int flag = 0;

        printf(" %s=", key);
        if (*type == 's') {
                must(sd_bus_message_read(call, "v", "s", &text), "context");
                percent_print(text, strlen(text));
        } else if (*type == 't') {
                must(sd_bus_message_read(call, "v", "t", &number), "context");
                printf("%" PRIu64, number);
        } else if (*type == 'u') {
                uint32_t small = 0;

                must(sd_bus_message_read(call, "v", "u", &small), "context");
                printf("%" PRIu32, small);
        } else {
                must(sd_bus_message_read(call, "v", "b", &flag), "context");
                printf("%d", flag);
        }
}

static void print_begin(sd_bus_message *call)
{
        const char *phase, *key, *type;

        must(sd_bus_message_read(call, "s", &phase), "phase");
        printf("begin phase=%s", phase);
        must(sd_bus_message_enter_container(call, 'a', "{sv}"), "context");
        while (sd_bus_message_enter_container(call, 'e', "sv") > 0) {
                must(sd_bus_message_read(call, "s", &key), "key");
                must(sd_bus_message_peek_type(call, NULL, &type), "type");
                print_value(call, key, type);
                must(sd_bus_message_exit_container(call), "entry");
        }
        putchar('\n');
}

static void print_step(sd_bus_message *call)
{
        const void *answer;
        uint64_t login;
        size_t size;

        must(sd_bus_message_read(call, "t", &login), "login");
        must(sd_bus_message_read_array(call, 'y', &answer, &size), "answer");
        printf("step login=%d answer=", login == LOGIN);
        percent_print(answer, size);
        putchar('\n');
}

static void print_call(sd_bus_message *call)
{
        const char *member = sd_bus_message_get_member(call);

        if (strcmp(member, "Begin") == 0)
                print_begin(call);
        else if (strcmp(member, "Step") == 0)
                print_step(call);
        else
                printf("%s\n", member);
        fflush(stdout);
}

static int reply(sd_bus_message *call, const char *kind, const char *text, const char *more)
{
        char name[256];

        if (strcmp(kind, "silence") == 0)
                return 1;
        if (strcmp(kind, "hangup") == 0) {
                sd_bus_close(sd_bus_message_get_bus(call));
                return 1;
        }
        if (strcmp(kind, "fail") == 0) {
                snprintf(name, sizeof(name), "%s%s", strchr(text, '.') ? "" : PREFIX, text);
                return sd_bus_reply_method_errorf(call, name, "%s", more);
        }
        if (sd_bus_message_is_method_call(call, NULL, "Begin") > 0)
                return sd_bus_reply_method_return(call, "tss", LOGIN, kind, text);
        return sd_bus_reply_method_return(call, "ss", kind, text);
}

static int on_message(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        char line[8192] = "hangup";
        char *rest = line, *kind, *text, *more;

        (void)userdata; /* the interface is sd-bus's */
        (void)error;
        if (sd_bus_message_is_signal(call, NULL, NULL) > 0) {
                puts("closed");
                fflush(stdout);
                return 0;
        }
        print_call(call);
        if (fgets(line, sizeof(line), script))
                line[strcspn(line, "\n")] = '\0';
        kind = strsep(&rest, " ");
        text = strsep(&rest, " ");
        more = strsep(&rest, " ");
        must(reply(call, kind, text ? percent_decode(text) : "", more ? percent_decode(more) : ""),
             "reply");
        return 1;
}

static int on_connect(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        sd_bus *bus = NULL;
        sd_id128_t id;

        (void)source; /* the interface is sd-event's */
        (void)events;
        (void)userdata;
        must(accepted < 0 ? -errno : 0, "accept");
        must(sd_id128_randomize(&id), "id");
        must(sd_bus_new(&bus), "bus");
        must(sd_bus_set_fd(bus, accepted, accepted), "bus");
        must(sd_bus_set_server(bus, 1, id), "bus");
        must(sd_bus_add_filter(bus, NULL, on_message, NULL), "bus");
        must(sd_bus_start(bus), "bus");
        must(sd_bus_attach_event(bus, event, 0), "bus");
        puts("open");
        fflush(stdout);
        return 0;
}

int main(int argc, char **argv)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (argc != 3 || strlen(argv[1]) >= sizeof(address.sun_path)) {
                fprintf(stderr, "usage: %s SOCKET SCRIPT\n", argv[0]);
                return EXIT_FAILURE;
        }
        strcpy(address.sun_path, argv[1]);
        script = fopen(argv[2], "re");
        must(script ? 0 : -errno, argv[2]);
        must(bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0, "bind");
        must(listen(fd, 10) < 0 ? -errno : 0, "listen");
        must(sd_event_new(&event), "event");
        must(sd_event_add_io(event, NULL, fd, EPOLLIN, on_connect, NULL), "event");
        puts("ready");
        fflush(stdout);
        return sd_event_loop(event) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
