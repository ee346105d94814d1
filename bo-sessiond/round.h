/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Those whose sessions are being ended: each asked to, made to, and watched for a while. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#define ROUND_MOST 256

enum ending_state {
        ENDING_UNDER_WAY,
        ENDING_DONE,       /* nothing was seen of him for long enough */
        ENDING_FAILED,     /* the kernel holds on to something */
        ENDING_CALLED_OFF, /* he was let in again */
};

struct ending {
        uint32_t uid;
        uint64_t since_usec; /* told back as it came */
        uint64_t began_usec; /* CLOCK_MONOTONIC */
        uint64_t asked_usec; /* when logind was last asked to kill */
        bool hard;           /* the time to end in order is over */
        bool seen;           /* something of him, at the last look */
        enum ending_state state;
};

struct round {
        struct ending endings[ROUND_MOST];
        size_t n;
        sd_bus *bus; /* to logind; NULL: without */
};

/* Asks for an orderly end of all that @uid has, unless that is under way. false: there is no room.
 */
bool round_add(struct round *round, uint32_t uid, uint64_t since_usec, bool with_logind);

/* Looks at all of them once, kills where the time for an orderly end is over, and says how each
 * stands. */
void round_look(struct round *round);

/* Is anything seen of anybody? Then the next look must come soon. */
bool round_sees(const struct round *round);

/* Drops those that @keep does not want. */
void round_keep(struct round *round, bool (*keep)(const void *userdata, uint32_t uid),
                const void *userdata);

/* Drops those that are not under way any more. */
void round_drop(struct round *round);

void round_clear(struct round *round);
