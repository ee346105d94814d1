/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Last login: ...": the login before this one, and what has failed since. */
#include "bo-accountd/ops/login_private.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/session.h"
#include "common/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define LOOK_BACK 100 /* rows of the audit trail */

struct failures {
        uint64_t since_usec;
        unsigned n;
};

static int count_failure(void *userdata, const struct audit_row *row)
{
        struct failures *failures = userdata;

        if (row->time_usec <= failures->since_usec)
                return 1; /* newest first: the rest is older */
        failures->n +=
                strcmp(row->event, "login-failed") == 0 || strcmp(row->event, "login-locked") == 0;
        return 0;
}

static int failures_since(struct op *op, uint32_t uid, uint64_t since_usec, unsigned *ret_n)
{
        struct failures failures = {.since_usec = since_usec};
        int r = audit_list(op->store, 0, uid, NULL, LOOK_BACK, count_failure, &failures);

        if (r < 0)
                return r;
        *ret_n = failures.n;
        return 0;
}

/* "Sun Nov 22 10:51:16 CET 2026", as login(1) and sshd(8) show it. */
static void time_text(char *out, size_t size, uint64_t usec)
{
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        struct tm local;

        if (!localtime_r(&seconds, &local) ||
            strftime(out, size, "%a %b %e %H:%M:%S %Z %Y", &local) == 0)
                snprintf(out, size, "at an unknown time");
}

static void place_text(char *out, size_t size, const struct session *last)
{
        const char *tty = strncmp(last->tty, "/dev/", 5) == 0 ? last->tty + 5 : last->tty;

        if (last->rhost[0])
                snprintf(out, size, " from %s", last->rhost);
        else if (login_terminal(tty)[0])
                snprintf(out, size, " on %s", tty);
        else
                out[0] = '\0';
}

int last_login_text(struct op *op, uint32_t uid, char out[LAST_LOGIN_SIZE])
{
        struct session last;
        char time[40], place[80], failed[64] = "";
        unsigned n = 0;
        int r = session_last_login(op->store, uid, &last);

        if (r == -ENODATA)
                return 0; /* the first time */
        if (r == 0)
                r = failures_since(op, uid, last.opened_usec, &n);
        if (r != 0)
                return r;
        time_text(time, sizeof(time), last.opened_usec);
        place_text(place, sizeof(place), &last);
        if (n > 0)
                snprintf(failed, sizeof(failed), "\n%u failed login attempt%s since then.", n,
                         n == 1 ? "" : "s");
        snprintf(out, LAST_LOGIN_SIZE, "Last login: %s%s%s", time, place, failed);
        return 0;
}
