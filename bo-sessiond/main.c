/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bo-sessiond: ends the sessions of users of bo who were disabled; options and the loop. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "bo-sessiond/sessiond.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/options.h"
#include "common/version.h"

VERSION_MARK_HERE;

static const char usage[] =
        "bo-sessiond - ends the sessions of users of bo who were disabled\n\n"
        "  --config=DIR    directory of accountd.conf (default /etc/bo)\n"
        "  --snapshot=DIR  the users that NSS shows (default /var/lib/bo-accountd/nss)\n"
        "  --socket=PATH   private socket of bo-accountd (default /run/bo-accountd/bus)\n"
        "  --no-logind     end processes alone, without asking logind\n"
        "  --version, --help\n";

static int watch_signals(sd_event *event)
{
        sigset_t signals;
        int r;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        r = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL); /* NULL: ends the loop */
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
        return r < 0 ? r : sd_event_set_watchdog(event, true);
}

static int serve(struct sessiond *sessiond)
{
        int r = sd_event_new(&sessiond->event);

        if (r >= 0)
                r = watch_signals(sessiond->event);
        if (r >= 0)
                r = work_prepare(sessiond);
        if (r >= 0) {
                link_connect(sessiond);
                sd_notify(0, "READY=1");
                r = sd_event_loop(sessiond->event);
        }
        link_close(sessiond);
        work_close(sessiond);
        sd_event_unref(sessiond->event);
        if (r < 0)
                log_line(LOG_ERR, "bo-sessiond ends: %s.", strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
        struct sessiond sessiond = {
                .config = "/etc/bo",
                .snapshot = BO_SNAPSHOT_DIR,
                .socket = "/run/bo-accountd/bus",
                .pause_usec = LINK_FIRST_PAUSE_USEC,
        };
        bool no_logind = false;
        const struct option_row options[] = {
                {"config", .value = &sessiond.config},
                {"snapshot", .value = &sessiond.snapshot},
                {"socket", .value = &sessiond.socket},
                {"no-logind", .flag = &no_logind},
                {0},
        };
        int r = options_parse("bo-sessiond", usage, options, argc, argv);

        if (r >= 0)
                return r;
        sessiond.logind = !no_logind;
        return serve(&sessiond);
}
