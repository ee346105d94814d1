/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What bo-sessiond holds: the way to bo-accountd, and the round that is under way. */
#pragma once

#include <systemd/sd-event.h>

#include "bo-sessiond/round.h"
#include "common/clock.h"

#define LINK_FIRST_PAUSE_USEC (100 * USEC_PER_MSEC)

struct sessiond {
        const char *config, *socket, *snapshot;
        bool logind;
        sd_event *event;
        sd_bus *daemon;         /* the last connection */
        sd_event_source *retry; /* connects again */
        uint64_t pause_usec;    /* before that */
        sd_event_source *look;  /* within a round */
        sd_event_source *again; /* asks for those that could not be ended */
        bool lost;              /* bo-accountd is away: @retry is under way */
        bool asking;            /* a list is on its way */
        bool due;               /* another has been announced meanwhile */
        struct round round;
};

/* Connects to bo-accountd, now or later, and asks whose sessions have to end. */
void link_connect(struct sessiond *sessiond);
void link_close(struct sessiond *sessiond);

/* Asks, unless a round is under way or an answer is waited for: after that then. */
void link_ask(struct sessiond *sessiond);

/* Tells that the sessions of @ending have ended. */
void link_tell(struct sessiond *sessiond, const struct ending *ending);

/* A list has come: ends the sessions of those who are allowed to be ended. */
void work_begin(struct sessiond *sessiond, const struct ending *endings, size_t n);
int work_prepare(struct sessiond *sessiond);
void work_close(struct sessiond *sessiond);
