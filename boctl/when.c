/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times for people. */
#include "boctl/when.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

void when(char *out, size_t size, uint64_t time_usec)
{
        time_t seconds = (time_t)(time_usec / USEC_PER_SEC);
        char day[24], zone[8];
        struct tm local;

        if (time_usec == 0 || !localtime_r(&seconds, &local)) {
                snprintf(out, size, "never");
                return;
        }
        strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &local);
        strftime(zone, sizeof(zone), "%z", &local);
        /* strftime() has no colon in the zone, ISO 8601's extended form has. */
        snprintf(out, size, "%s%.3s:%s", day, zone, strlen(zone) > 3 ? zone + 3 : "00");
}
