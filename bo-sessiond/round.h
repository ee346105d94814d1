/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A round: the sessions of some users are asked to end, then made to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#define ROUND_MOST 256

struct ending {
        uint32_t uid;
        uint64_t since_usec; /* told back as it came */
        bool over;
};

struct round {
        struct ending endings[ROUND_MOST];
        size_t n;
        uint64_t began_usec; /* CLOCK_MONOTONIC */
        bool hard;           /* the time to end in order is over */
        sd_bus *bus;         /* to logind; NULL: without */
};

/* Asks for an orderly end of all of @round->endings. */
void round_begin(struct round *round, bool with_logind);

/*
 * Looks whether they have ended, and marks those as over; once the time for an orderly end is over,
 * kills. true: there is nothing more to wait for, and those that are not over could not be ended.
 */
bool round_go_on(struct round *round);

void round_end(struct round *round);
