/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a mail that could not be delivered is tried again, and when it is given up. */
#pragma once

#include <stdint.h>

struct mail_retry_facts {
        uint64_t id;
        uint64_t queued_usec;
        uint32_t attempts; /* that failed, this one included */
};

/*
 * When to try again; 0: given up. The pauses grow from a minute to half an hour, each a little
 * longer than its rule by what the id says, so that those queued at once do not come at once. The
 * last attempt is 3 days after it was queued; one that fails then, or later, was the last.
 */
uint64_t mail_retry_due_usec(const struct mail_retry_facts *facts, uint64_t now_usec);
