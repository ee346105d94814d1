/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a mail that could not be delivered is tried again, and when it is given up. */
#include "bo-accountd/policy/mail_retry.h"

#include "common/clock.h"

#define PAUSE_FIRST_USEC USEC_PER_MIN
#define PAUSE_MOST_USEC  (30 * USEC_PER_MIN) /* a reset link is good for an hour */
#define KEPT_USEC        (3 * USEC_PER_DAY)
#define DOUBLINGS_MOST   5 /* past that it is the longest anyway */

/* Up to an eighth of @pause_usec; the same for the same mail and attempt (Knuth's multiplier). */
static uint64_t spread_usec(const struct mail_retry_facts *facts, uint64_t pause_usec)
{
        uint64_t mixed = (facts->id * 64 + facts->attempts) * UINT64_C(6364136223846793005);

        return pause_usec / 8 / 1024 * (mixed >> 54);
}

uint64_t mail_retry_due_usec(const struct mail_retry_facts *facts, uint64_t now_usec)
{
        uint32_t before = facts->attempts > 0 ? facts->attempts - 1 : 0;
        uint64_t pause_usec = PAUSE_FIRST_USEC
                              << (before < DOUBLINGS_MOST ? before : DOUBLINGS_MOST);
        uint64_t last_usec = facts->queued_usec + KEPT_USEC;

        if (now_usec >= last_usec)
                return 0;
        if (pause_usec > PAUSE_MOST_USEC)
                pause_usec = PAUSE_MOST_USEC;
        pause_usec += spread_usec(facts, pause_usec);
        return pause_usec < last_usec - now_usec ? now_usec + pause_usec : last_usec;
}
