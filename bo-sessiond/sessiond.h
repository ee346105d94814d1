/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What bo-sessiond holds: the way to bo-accountd, and the round that is under way. */
#pragma once

#include <systemd/sd-event.h>

#include "bo-sessiond/round.h"
#include "common/clock.h"

#define LINK_FIRST_PAUSE_USEC (100 * USEC_PER_MSEC)

/* A row of bo-accountd's list. */
struct listed {
        uint32_t uid;
        uint64_t since_usec;
};

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
        unsigned n_held;        /* looks that waited for it */
        size_t n_told;          /* reports that have not been answered */
        struct round round;
};

/* Connects to bo-accountd, now or later, and asks whose sessions have to end. */
void link_connect(struct sessiond *sessiond);
void link_close(struct sessiond *sessiond);

/* Asks, or if an answer is waited for: after that. */
void link_ask(struct sessiond *sessiond);

/* Tells that the sessions of @ending have ended. */
void link_tell(struct sessiond *sessiond, const struct ending *ending);

/* A list has come: begins with those on it who are allowed to be ended. */
void work_begin(struct sessiond *sessiond, const struct listed *listed, size_t n);

/* Asks anew after @usec. */
void work_again(struct sessiond *sessiond, uint64_t usec);
int work_prepare(struct sessiond *sessiond);
void work_close(struct sessiond *sessiond);
