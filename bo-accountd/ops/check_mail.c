/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: mails that wait or were given up, sessions that should have ended. */
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/ops/mail_deliver.h"
#include "bo-accountd/store/session.h"
#include "common/clock.h"

#include <inttypes.h>

#define TAKEN_AT_LEAST_EVERY (5 * USEC_PER_MIN) /* bo-maild asks once a minute */
#define WAITS_TOO_LONG       USEC_PER_HOUR
#define ENDS_TOO_LATE        USEC_PER_MIN

static const char *s(uint64_t n)
{
        return n == 1 ? "" : "s";
}

static void check_deliverer(const struct op *op, struct findings *findings)
{
        uint64_t since_usec = mail_watch_since_usec();

        if (!op->settings->mail || since_usec == 0 || op->clock_usec < since_usec ||
            op->clock_usec - since_usec < TAKEN_AT_LEAST_EVERY)
                return;
        finding_add(findings, FINDING_FAULT, "mail",
                    "`systemctl status bo-maild` tells why; then `systemctl restart bo-maild`.",
                    "Mail=yes, but nobody has asked for mail for %" PRIu64 " minutes.",
                    (op->clock_usec - since_usec) / USEC_PER_MIN);
}

static void check_queue(const struct mail_counts *counts, struct findings *findings)
{
        if (counts->given_up > 0)
                finding_add(
                        findings, FINDING_FAULT, "mail",
                        "`boctl mail list` shows which, and what the mail server said; `boctl user "
                        "resend NAME` or `boctl user reset NAME` sends another.",
                        "%" PRIu64 " mail%s could not be delivered and %s given up in the last "
                        "30 days.",
                        counts->given_up, s(counts->given_up),
                        counts->given_up == 1 ? "was" : "were");
        if (counts->late > 0)
                finding_add(findings, FINDING_FAULT, "mail",
                            "`boctl mail list` shows what the mail server said.",
                            "%" PRIu64 " mail%s been waiting for more than an hour.", counts->late,
                            counts->late == 1 ? " has" : "s have");
}

static void check_endings(uint64_t n, struct findings *findings)
{
        if (n > 0)
                finding_add(findings, FINDING_FAULT, "sessions",
                            "`systemctl status bo-sessiond` tells why; then `systemctl restart "
                            "bo-sessiond`.",
                            "The sessions of %" PRIu64
                            " user%s should have ended more than a minute "
                            "ago.",
                            n, s(n));
}

int check_mail(struct op *op, const struct tx *tx, struct findings *findings)
{
        struct mail_counts counts;
        int r = mail_count(op->store, check_before(tx, WAITS_TOO_LONG), &counts);

        if (r != 0)
                return r;
        check_queue(&counts, findings);
        check_deliverer(op, findings);
        return 0;
}

int check_sessions(struct op *op, const struct tx *tx, struct findings *findings)
{
        uint64_t n = 0;
        int r = session_endings_count(op->store, check_before(tx, ENDS_TOO_LATE), &n);

        if (r == 0)
                check_endings(n, findings);
        return r;
}
