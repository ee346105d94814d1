/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attempt to deliver means: delivered, to be tried again, refused for good. */
#pragma once

#include <stdbool.h>

/* How far it got; what the server said last is its answer to that. */
enum smtp_stage {
        STAGE_CONNECTING, /* greeting, TLS and authentication too */
        STAGE_SENDER,     /* MAIL FROM */
        STAGE_RECIPIENT,  /* RCPT TO */
        STAGE_DATA,       /* DATA, and all that follows */
};

enum verdict {
        VERDICT_DELIVERED,
        VERDICT_RETRY,
        VERDICT_GIVE_UP,
};

/*
 * Of an attempt that failed, with what the server said last ("550 5.1.1 ..."; empty: nothing).
 * Given up at once is a mail whose recipient the server says does not exist. Refusals for reasons
 * of policy (5.7.x: no relaying, no authentication) are mended by whoever runs the server, so these
 * mails wait, as those do that met a 4xx, a refused sender or content, or no answer.
 */
enum verdict verdict_of_failure(enum smtp_stage stage, const char *reply);

/* Would the next mail meet the same? Then it need not try. */
bool verdict_is_of_server(enum smtp_stage stage, const char *reply);
