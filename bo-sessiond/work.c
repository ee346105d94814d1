/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a list of endings to the report about each. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bo-sessiond/owner.h"
#include "bo-sessiond/sessiond.h"
#include "common/clock.h"
#include "common/log.h"

#define LOOK_USEC  (20 * USEC_PER_MSEC)  /* while something is about to end */
#define WATCH_USEC (100 * USEC_PER_MSEC) /* while nothing is to be seen */
#define AGAIN_USEC (30 * USEC_PER_SEC)
#define HELD_MOST  10 /* looks that wait for a list */

static void set_timer(sd_event_source *source, uint64_t usec)
{
        int r = sd_event_source_set_time_relative(source, usec);

        if (r >= 0)
                r = sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        if (r < 0) /* the service manager starts a new one */
                sd_event_exit(sd_event_source_get_event(source), r);
}

/* Told once: what is refused comes with each list. */
static void tell_refusal(uint32_t uid, const char *why)
{
        static uint32_t told[ROUND_MOST]; /* the last ones */
        static size_t n;

        for (size_t i = 0; i < n && i < ROUND_MOST; i++)
                if (told[i] == uid)
                        return;
        told[n++ % ROUND_MOST] = uid;
        log_event(LOG_ERR, &(struct log_event){.event = "sessions-not-ended", .detail = why},
                  "The sessions of uid %u are not ended although bo-accountd asks: %s.", uid, why);
}

static bool may_end(struct sessiond *sessiond, uint32_t uid)
{
        const char *why = owner_refuses(uid, sessiond->config, sessiond->snapshot);

        if (why)
                tell_refusal(uid, why);
        return !why;
}

static void report(struct sessiond *sessiond, const struct ending *ending)
{
        switch (ending->state) {
        case ENDING_UNDER_WAY:
        case ENDING_CALLED_OFF:
                return;
        case ENDING_DONE:
                log_line(LOG_NOTICE, "The sessions of uid %u have ended.", ending->uid);
                link_tell(sessiond, ending);
                return;
        case ENDING_FAILED:
                log_event(LOG_ERR,
                          &(struct log_event){.event = "sessions-not-ended",
                                              .detail = "a process does not end"},
                          "Processes of uid %u cannot be ended; trying again.", ending->uid);
                set_timer(sessiond->again, AGAIN_USEC);
                return;
        }
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct sessiond *sessiond = userdata;
        struct round *round = &sessiond->round;

        (void)usec; /* each ending has a clock of its own */
        /* A list that is on its way may call off the very one whose new session would be seen. */
        if (sessiond->asking && ++sessiond->n_held < HELD_MOST) {
                set_timer(source, LOOK_USEC);
                return 0;
        }
        sessiond->n_held = 0;
        round_look(round);
        /* A list that is on its way may have been made before a report: it must find them here. */
        if (!sessiond->asking) {
                for (size_t i = 0; i < round->n; i++)
                        report(sessiond, &round->endings[i]);
                round_drop(round);
        }
        if (round->n > 0)
                set_timer(source, round_sees(round) ? LOOK_USEC : WATCH_USEC);
        return 0;
}

struct list {
        const struct listed *listed;
        size_t n;
};

static bool is_listed(const void *userdata, uint32_t uid)
{
        const struct list *list = userdata;

        for (size_t i = 0; i < list->n; i++)
                if (list->listed[i].uid == uid)
                        return true;
        return false;
}

void work_begin(struct sessiond *sessiond, const struct listed *listed, size_t n)
{
        struct round *round = &sessiond->round;
        size_t n_refused = 0;
        bool left = false;

        if (n < ROUND_MOST) /* else the list may have had no room for him */
                round_keep(round, is_listed, &(struct list){listed, n});
        for (size_t i = 0; i < n; i++)
                if (!may_end(sessiond, listed[i].uid))
                        n_refused++;
                else
                        left |= !round_add(round, listed[i].uid, listed[i].since_usec,
                                           sessiond->logind);
        if (left || (n == ROUND_MOST && n_refused < n)) /* there may be more */
                set_timer(sessiond->again, USEC_PER_SEC);
        else if (n_refused > 0) /* the snapshot may lag behind */
                set_timer(sessiond->again, AGAIN_USEC);
        if (round->n > 0)
                set_timer(sessiond->look, LOOK_USEC);
}

void work_again(struct sessiond *sessiond, uint64_t usec)
{
        set_timer(sessiond->again, usec);
}

static int on_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec; /* sd-event's signature */
        link_ask(userdata);
        return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source, (void)usec; /* sd-event's signature */
        link_connect(userdata);
        return 0;
}

static int add_timer(struct sessiond *sessiond, sd_event_source **ret_source,
                     sd_event_time_handler_t handler)
{
        int r = sd_event_add_time_relative(sessiond->event, ret_source, CLOCK_MONOTONIC, 0,
                                           USEC_PER_MSEC, handler, sessiond);

        return r < 0 ? r : sd_event_source_set_enabled(*ret_source, SD_EVENT_OFF);
}

int work_prepare(struct sessiond *sessiond)
{
        int r = add_timer(sessiond, &sessiond->look, on_look);

        if (r >= 0)
                r = add_timer(sessiond, &sessiond->again, on_again);
        return r < 0 ? r : add_timer(sessiond, &sessiond->retry, on_retry);
}

void work_close(struct sessiond *sessiond)
{
        round_clear(&sessiond->round);
        sd_event_source_disable_unref(sessiond->look);
        sd_event_source_disable_unref(sessiond->again);
        sd_event_source_disable_unref(sessiond->retry);
}
