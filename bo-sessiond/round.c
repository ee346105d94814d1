/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Those whose sessions are being ended: each asked to, made to, and watched for a while. */
#include "bo-sessiond/round.h"

#include <signal.h>
#include <string.h>

#include "bo-sessiond/logind.h"
#include "bo-sessiond/processes.h"
#include "common/clock.h"
#include "common/log.h"

#define ORDERLY_USEC (800 * USEC_PER_MSEC) /* to log out in */
/* A login that was let in a moment before shows its first process only when its session stands. */
#define WATCH_USEC (2 * USEC_PER_SEC)
#define HARD_USEC  (6 * USEC_PER_SEC) /* then only what the kernel holds is left */

/* Interactive shells ignore SIGTERM; what is stopped must run to hear either. */
static const int orderly[] = {SIGTERM, SIGHUP, SIGCONT, 0};
static const int hard[] = {SIGKILL, 0};

/* Without a bus only processes are ended. */
static void ask_logind(struct round *round, int (*what)(sd_bus *bus, uint32_t uid), uint32_t uid)
{
        if (round->bus && what(round->bus, uid) < 0)
                round->bus = sd_bus_flush_close_unref(round->bus);
}

static struct ending *find(struct round *round, uint32_t uid)
{
        for (size_t i = 0; i < round->n; i++)
                if (round->endings[i].uid == uid)
                        return &round->endings[i];
        return NULL;
}

static void begin(struct round *round, const struct ending *ending)
{
        struct owner_count count = {.uid = ending->uid, .signals = orderly};

        ask_logind(round, logind_terminate, ending->uid);
        /* Cron jobs, su in the session of another: what logind has nothing to do with. */
        (void)processes_signal(&count, 1); /* looked at anew soon */
}

bool round_add(struct round *round, uint32_t uid, uint64_t since_usec, bool with_logind)
{
        struct ending *ending = find(round, uid);

        if (ending && ending->since_usec == since_usec)
                return true;
        if (!ending && round->n == ROUND_MOST)
                return false;
        if (round->n == 0 && with_logind)
                round->bus = logind_open();
        if (!ending)
                ending = &round->endings[round->n++];
        *ending = (struct ending){.uid = uid,
                                  .since_usec = since_usec,
                                  .began_usec = clock_monotonic_usec(),
                                  .seen = true};
        begin(round, ending);
        return true;
}

static void judge(struct round *round, struct ending *ending, size_t n_processes)
{
        uint64_t now_usec = clock_monotonic_usec(), age_usec = now_usec - ending->began_usec;
        bool sessions = round->bus && logind_has_sessions(ending->uid);

        ending->seen = n_processes > 0 || sessions;
        ending->hard = age_usec > ORDERLY_USEC;
        if (ending->hard && sessions && now_usec - ending->asked_usec > ORDERLY_USEC) {
                ending->asked_usec = now_usec;
                ask_logind(round, logind_kill, ending->uid);
        }
        if (!ending->seen && age_usec > WATCH_USEC)
                ending->state = ENDING_DONE;
        else if (age_usec > HARD_USEC)
                ending->state = ENDING_FAILED;
}

void round_look(struct round *round)
{
        struct owner_count counts[ROUND_MOST];
        int r;

        for (size_t i = 0; i < round->n; i++)
                counts[i] = (struct owner_count){
                        .uid = round->endings[i].uid,
                        .signals = round->endings[i].hard ? hard : NULL,
                };
        r = processes_signal(counts, round->n);
        if (r < 0)
                log_line(LOG_ERR, "/proc cannot be read: %s.", strerror(-r));
        for (size_t i = 0; i < round->n; i++)
                judge(round, &round->endings[i], r < 0 ? 1 : counts[i].n);
}

void round_keep(struct round *round, bool (*keep)(const void *userdata, uint32_t uid),
                const void *userdata)
{
        for (size_t i = 0; i < round->n; i++)
                if (!keep(userdata, round->endings[i].uid))
                        round->endings[i].state = ENDING_CALLED_OFF;
        round_drop(round);
}

bool round_sees(const struct round *round)
{
        for (size_t i = 0; i < round->n; i++)
                if (round->endings[i].seen)
                        return true;
        return false;
}

void round_drop(struct round *round)
{
        size_t n = 0;

        for (size_t i = 0; i < round->n; i++)
                if (round->endings[i].state == ENDING_UNDER_WAY)
                        round->endings[n++] = round->endings[i];
        round->n = n;
        if (n == 0)
                round_clear(round);
}

void round_clear(struct round *round)
{
        round->bus = sd_bus_flush_close_unref(round->bus);
        round->n = 0;
}
