/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A round: the sessions of some users are asked to end, then made to. */
#include "bo-sessiond/round.h"

#include <signal.h>
#include <string.h>

#include "bo-sessiond/logind.h"
#include "bo-sessiond/processes.h"
#include "common/clock.h"
#include "common/log.h"

#define ORDERLY_USEC (800 * USEC_PER_MSEC) /* to log out in */
#define HARD_USEC    (5 * USEC_PER_SEC)    /* then only what the kernel holds is left */

/* Interactive shells ignore SIGTERM; what is stopped must run to hear either. */
static const int orderly[] = {SIGTERM, SIGHUP, SIGCONT, 0};
static const int hard[] = {SIGKILL, 0};

static size_t counts_of(const struct round *round, struct owner_count counts[ROUND_MOST])
{
        size_t n = 0;

        for (size_t i = 0; i < round->n; i++)
                if (!round->endings[i].over)
                        counts[n++] = (struct owner_count){.uid = round->endings[i].uid};
        return n;
}

static void look(struct round *round, const int *signals)
{
        struct owner_count counts[ROUND_MOST];
        size_t n = counts_of(round, counts), seen = 0;
        int r = processes_signal(counts, n, signals);

        if (r < 0) {
                log_line(LOG_ERR, "/proc cannot be read: %s.", strerror(-r));
                return; /* nobody is over then */
        }
        for (size_t i = 0; i < round->n; i++) {
                struct ending *ending = &round->endings[i];

                if (!ending->over)
                        ending->over = counts[seen++].n == 0 &&
                                       !(round->bus && logind_has_sessions(ending->uid));
        }
}

/* logind that is away, or hangs, is not waited for a second time. */
static void ask_logind(struct round *round, int (*what)(sd_bus *bus, uint32_t uid))
{
        for (size_t i = 0; round->bus && i < round->n; i++)
                if (!round->endings[i].over && what(round->bus, round->endings[i].uid) < 0)
                        round->bus = sd_bus_flush_close_unref(round->bus);
}

void round_begin(struct round *round, bool with_logind)
{
        struct owner_count counts[ROUND_MOST];

        round->began_usec = clock_monotonic_usec();
        round->hard = false;
        round->bus = with_logind ? logind_open() : NULL;
        ask_logind(round, logind_terminate);
        /* Cron jobs, su in the session of another: what logind has nothing to do with. */
        (void)processes_signal(counts, counts_of(round, counts), orderly); /* looked at anew soon */
}

bool round_go_on(struct round *round)
{
        uint64_t age_usec = clock_monotonic_usec() - round->began_usec;
        bool over = true;

        look(round, round->hard ? hard : NULL);
        for (size_t i = 0; i < round->n; i++)
                over &= round->endings[i].over;
        if (over || age_usec > HARD_USEC)
                return true;
        if (age_usec > ORDERLY_USEC && !round->hard) {
                round->hard = true;
                ask_logind(round, logind_kill);
                look(round, hard);
        }
        return false;
}

void round_end(struct round *round)
{
        round->bus = sd_bus_flush_close_unref(round->bus);
        round->n = 0;
}
