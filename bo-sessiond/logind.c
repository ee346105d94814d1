/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of logind; without it, only the processes of a user are ended. */
#include "bo-sessiond/logind.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "common/log.h"

#define LOGIND "org.freedesktop.login1"

sd_bus *logind_open(void)
{
        sd_bus *bus = NULL;
        int r = sd_bus_open_system(&bus);

        if (r < 0)
                log_line(LOG_WARNING, "The system bus is away (%s): logind is not asked.",
                         strerror(-r));
        return r < 0 ? NULL : bus;
}

/* No answer is waited for: a busy logind must not hold up who is next. Whether it was done shows in
 * logind_has_sessions(). */
static int ask(sd_bus *bus, const char *member, uint32_t uid, const char *types, int signal)
{
        sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(bus, &call, LOGIND, "/org/freedesktop/login1",
                                               LOGIND ".Manager", member);

        if (r >= 0)
                r = sd_bus_message_set_expect_reply(call, false);
        if (r >= 0)
                r = types[1] ? sd_bus_message_append(call, "ui", uid, signal)
                             : sd_bus_message_append(call, "u", uid);
        if (r >= 0)
                r = sd_bus_send(bus, call, NULL);
        if (r >= 0)
                r = sd_bus_flush(bus);
        if (r < 0)
                log_line(LOG_WARNING, "logind cannot be asked for %s of uid %u: %s.", member, uid,
                         strerror(-r));
        sd_bus_message_unref(call);
        return r < 0 ? r : 0;
}

int logind_terminate(sd_bus *bus, uint32_t uid)
{
        return ask(bus, "TerminateUser", uid, "u", 0);
}

int logind_kill(sd_bus *bus, uint32_t uid)
{
        return ask(bus, "KillUser", uid, "ui", SIGKILL);
}

/*
 * The record of a user who is being stopped may go on naming a session that was removed a moment
 * before, until logind forgets him: only what has a record of its own is one.
 */
bool logind_has_sessions(uint32_t uid)
{
        char **sessions = NULL;
        int n = sd_uid_get_sessions(uid, -1, &sessions); /* -1: those that are closing, too */
        bool any = false;

        for (int i = 0; i < n; i++) {
                uid_t owner;

                any = any || sd_session_get_uid(sessions[i], &owner) != -ENXIO;
                free(sessions[i]);
        }
        free(sessions);
        return any;
}
