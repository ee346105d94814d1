/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of logind; without it, only the processes of a user are ended. */
#include "bo-sessiond/logind.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "common/clock.h"
#include "common/log.h"

#define LOGIND      "org.freedesktop.login1"
#define ANSWER_USEC USEC_PER_SEC

sd_bus *logind_open(void)
{
        sd_bus *bus = NULL;
        int r = sd_bus_open_system(&bus);

        if (r < 0)
                log_line(LOG_WARNING, "The system bus is away (%s): logind is not asked.",
                         strerror(-r));
        return r < 0 ? NULL : bus;
}

/* A user whom logind does not know has no sessions there. */
static int ask(sd_bus *bus, const char *member, uint32_t uid, const char *types, int signal)
{
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(bus, &call, LOGIND, "/org/freedesktop/login1",
                                               LOGIND ".Manager", member);

        if (r >= 0)
                r = types[1] ? sd_bus_message_append(call, "ui", uid, signal)
                             : sd_bus_message_append(call, "u", uid);
        if (r >= 0)
                r = sd_bus_call(bus, call, ANSWER_USEC, &error, NULL);
        if (r < 0 && sd_bus_error_has_name(&error, LOGIND ".NoSuchUser"))
                r = 0;
        if (r < 0)
                log_line(LOG_WARNING, "logind does not do %s of uid %u: %s.", member, uid,
                         error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
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

bool logind_has_sessions(uint32_t uid)
{
        return sd_uid_get_sessions(uid, 0, NULL) > 0;
}
