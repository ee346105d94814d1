/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is not as it should be, in words for the operator. */
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/ops/mail_deliver.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/session.h"
#include "common/clock.h"

#include <inttypes.h>

#define TAKEN_AT_LEAST_EVERY (5 * USEC_PER_MIN) /* bo-maild asks once a minute */
#define WAITS_TOO_LONG       USEC_PER_HOUR
#define ENDS_TOO_LATE        USEC_PER_MIN
#define API_PASSWORD_OLD     (365 * USEC_PER_DAY)
#define NAMES_SHOWN          3

static const char *s(uint64_t n)
{
        return n == 1 ? "" : "s";
}

static uint64_t before(const struct tx *tx, uint64_t usec)
{
        return tx->now_usec > usec ? tx->now_usec - usec : 0;
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

/* Then nobody exists on this host: a slip in a setting, not what anybody wants. */
static int check_host(struct op *op, struct findings *findings)
{
        const char *host = op->settings->customer;
        struct customer customer;
        int r = host[0] ? customer_load(op->store, host, &customer) : 0;

        if (r != BO_ERR_NO_SUCH_CUSTOMER)
                return r;
        finding_add(
                findings, FINDING_FAULT, "customer",
                "Correct Customer= in /etc/bo/accountd.conf (`boctl customer list` has the ids), "
                "then `systemctl reload bo-accountd`.",
                "Customer=%s in accountd.conf names no customer: no user of bo exists on this "
                "host.",
                host);
        return 0;
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

/* R5: an old password of a program stops nothing; somebody should think of it. */
static int check_api_passwords(struct op *op, const struct tx *tx, struct findings *findings)
{
        _cleanup_(freep) uint32_t *uids = NULL;
        char names[NAMES_SHOWN * (NAME_MAX_BYTES + 3)] = "";
        size_t n = 0, used = 0;
        int r = account_api_aged(op->store, before(tx, API_PASSWORD_OLD), NAMES_SHOWN + 1, &uids,
                                 &n);

        for (size_t i = 0; r == 0 && i < n && i < NAMES_SHOWN; i++) {
                struct account account;

                r = account_by_uid(op->store, uids[i], &account);
                if (r == 0)
                        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s",
                                                 used ? ", " : "", account.name);
        }
        if (r == 0 && n > 0)
                finding_add(
                        findings, FINDING_WARNING, "passwords",
                        "`boctl user password NAME` sets a new one; then change it in the program "
                        "that uses it.",
                        "API users with a password of 365 days or more: %.120s%s.", names,
                        n > NAMES_SHOWN || used > 120 ? " and others" : "");
        return r;
}

int op_check(struct op *op, struct findings *ret_findings)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct findings findings = {0};
        struct mail_counts counts;
        uint64_t n_endings = 0;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_OPERATE, NULL, NULL);
        if (r == 0)
                r = mail_count(op->store, before(&tx, WAITS_TOO_LONG), &counts);
        if (r == 0)
                r = session_endings_count(op->store, before(&tx, ENDS_TOO_LATE), &n_endings);
        if (r == 0)
                r = check_host(op, &findings);
        if (r == 0)
                r = check_api_passwords(op, &tx, &findings);
        if (r == 0)
                r = check_generation(op, &findings);
        if (r != 0)
                return r;
        check_queue(&counts, &findings);
        check_deliverer(op, &findings);
        check_endings(n_endings, &findings);
        *ret_findings = findings;
        return 0;
}
