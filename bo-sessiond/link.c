/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The way to bo-accountd: connected as long as both run, asked when it calls. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bo-sessiond/sessiond.h"
#include "common/clock.h"
#include "common/log.h"

#define ACCOUNTD        "org.backoffice.Accounts1"
#define ROOT_PATH       "/org/backoffice/Accounts1"
#define INTERFACE       ACCOUNTD ".Sessions"
#define LONGEST_PAUSE   (5 * USEC_PER_SEC)
#define TELL_AGAIN_USEC (5 * USEC_PER_SEC)
#define LOCAL_INTERFACE "org.freedesktop.DBus.Local"

/* The connection is closed when it is tried again, not here: this may run within its dispatch. */
static void lose(struct sessiond *sessiond, const char *why)
{
        int r;

        if (sessiond->lost)
                return;
        if (sessiond->pause_usec == LINK_FIRST_PAUSE_USEC)
                log_line(LOG_NOTICE, "bo-accountd is away (%s); trying again.", why);
        sessiond->lost = true;
        sessiond->asking = false;
        r = sd_event_source_set_time_relative(sessiond->retry, sessiond->pause_usec);
        if (r >= 0)
                r = sd_event_source_set_enabled(sessiond->retry, SD_EVENT_ONESHOT);
        if (r < 0) /* the service manager starts a new one */
                sd_event_exit(sessiond->event, r);
        sessiond->pause_usec *= 2;
        if (sessiond->pause_usec > LONGEST_PAUSE)
                sessiond->pause_usec = LONGEST_PAUSE;
}

static int read_endings(sd_bus_message *answer, struct listed *endings, size_t *ret_n)
{
        int r = sd_bus_message_enter_container(answer, 'a', "(ut)");
        size_t n = 0;

        while (r >= 0 && n < ROUND_MOST) {
                r = sd_bus_message_read(answer, "(ut)", &endings[n].uid, &endings[n].since_usec);
                if (r == 0)
                        break;
                n += r > 0;
        }
        *ret_n = n;
        return r;
}

static int on_endings(sd_bus_message *answer, void *userdata, sd_bus_error *error)
{
        struct sessiond *sessiond = userdata;
        const sd_bus_error *refused = sd_bus_message_get_error(answer);
        struct listed endings[ROUND_MOST];
        size_t n = 0;

        (void)error; /* of this callback's own making; not used */
        sessiond->asking = false;
        if (refused || read_endings(answer, endings, &n) < 0) {
                lose(sessiond, refused ? refused->name : "its answer is not understood");
                return 0;
        }
        sessiond->pause_usec = LINK_FIRST_PAUSE_USEC;
        work_begin(sessiond, endings, n);
        if (sessiond->due)
                link_ask(sessiond);
        return 0;
}

void link_ask(struct sessiond *sessiond)
{
        int r;

        if (sessiond->lost)
                return; /* asked when it is back */
        if (sessiond->asking || sessiond->n_told > 0) {
                sessiond->due = true;
                return;
        }
        sessiond->due = false;
        r = sd_bus_call_method_async(sessiond->daemon, NULL, NULL, ROOT_PATH, INTERFACE,
                                     "ListEndings", on_endings, sessiond, NULL);
        if (r < 0)
                lose(sessiond, strerror(-r));
        else
                sessiond->asking = true;
}

/* Not told, it stays in the list, and is ended again: soon, when that finds nothing to do, and not
 * with the next who is disabled, perhaps after this one was let in again. */
static int on_told(sd_bus_message *answer, void *userdata, sd_bus_error *error)
{
        struct sessiond *sessiond = userdata;
        const sd_bus_error *refused = sd_bus_message_get_error(answer);

        (void)error; /* of this callback's own making; not used */
        if (sessiond->n_told > 0 && --sessiond->n_told == 0 && sessiond->due)
                link_ask(sessiond);
        if (!refused)
                return 0;
        log_line(LOG_WARNING, "bo-accountd does not take it that sessions have ended: %s",
                 refused->message ? refused->message : refused->name);
        work_again(sessiond, TELL_AGAIN_USEC);
        return 0;
}

void link_tell(struct sessiond *sessiond, const struct ending *ending)
{
        int r;

        if (sessiond->lost)
                return;
        r = sd_bus_call_method_async(sessiond->daemon, NULL, NULL, ROOT_PATH, INTERFACE, "Ended",
                                     on_told, sessiond, "ut", ending->uid, ending->since_usec);
        if (r < 0)
                lose(sessiond, strerror(-r));
        else
                sessiond->n_told++;
}

static int on_due(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)message, (void)error; /* it says no more than its name */
        link_ask(userdata);
        return 0;
}

static int on_gone(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)message, (void)error; /* sd-bus's signature */
        lose(userdata, "the connection ended");
        return 0;
}

/* Who listens there is asked of the kernel: root, since systemd made the socket. */
static int check_server(sd_bus *bus)
{
        struct ucred peer;
        socklen_t size = sizeof(peer);
        int fd = sd_bus_get_fd(bus);

        if (fd < 0)
                return fd;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return -errno;
        return peer.uid == 0 ? 0 : -EPERM;
}

static int set_address(sd_bus *bus, const char *path)
{
        char address[256];

        if (snprintf(address, sizeof(address), "unix:path=%s", path) >= (int)sizeof(address))
                return -ENAMETOOLONG;
        return sd_bus_set_address(bus, address);
}

static int connect_to(struct sessiond *sessiond)
{
        sd_bus *bus = NULL;
        int r = sd_bus_new(&bus);

        if (r < 0)
                return r;
        sessiond->daemon = bus;
        r = set_address(bus, sessiond->socket);
        if (r >= 0)
                r = sd_bus_set_bus_client(bus, false);
        if (r >= 0) /* that would wait, at the end, for a daemon that waits for our end to start */
                r = sd_bus_set_close_on_exit(bus, false);
        if (r >= 0)
                r = sd_bus_negotiate_fds(bus, false);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                r = check_server(bus);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, NULL, ROOT_PATH, INTERFACE, "EndingsDue", on_due,
                                        sessiond);
        if (r >= 0)
                r = sd_bus_match_signal(bus, NULL, NULL, NULL, LOCAL_INTERFACE, "Disconnected",
                                        on_gone, sessiond);
        return r < 0 ? r : sd_bus_attach_event(bus, sessiond->event, 0);
}

void link_connect(struct sessiond *sessiond)
{
        int r;

        link_close(sessiond);
        sessiond->lost = false;
        r = connect_to(sessiond);

        if (r < 0)
                lose(sessiond, strerror(-r));
        else
                link_ask(sessiond);
}

void link_close(struct sessiond *sessiond)
{
        sd_bus *bus = sessiond->daemon;

        sessiond->daemon = NULL;
        sessiond->asking = false;
        sessiond->n_told = 0;
        if (!bus)
                return;
        sd_bus_detach_event(bus);
        sd_bus_close_unref(bus);
}
