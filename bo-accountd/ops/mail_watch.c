/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbox for the operator: what waits, what was given up, and whether anybody delivers. */
#include "bo-accountd/ops/mail_deliver.h"
#include "bo-accountd/ops/ops.h"
#include "common/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>

#define TAKEN_AT_LEAST_EVERY (5 * USEC_PER_MIN) /* bo-maild asks once a minute */
#define WAITS_TOO_LONG       USEC_PER_HOUR

/* When the deliverer was here last, or since when he has been waited for. */
static _Atomic uint64_t taken_usec;

void mail_watch_taken(const struct op *op)
{
        atomic_store(&taken_usec, op->clock_usec);
}

void op_mail_watch(const struct op *op)
{
        uint64_t never = 0;

        atomic_compare_exchange_strong(&taken_usec, &never, op->clock_usec);
}

static int copy_row(void *userdata, const struct mail_row *row)
{
        struct mail_listing *call = userdata;
        struct mail_item *item = &call->mails[call->n++];

        *item = (struct mail_item){
                .id = (uint64_t)row->id,
                .uid = row->uid,
                .queued_usec = row->queued_usec,
                .due_usec = row->failed_usec ? 0 : row->due_usec,
                .given_up_usec = row->failed_usec,
                .attempts = row->attempts,
        };
        snprintf(item->kind, sizeof(item->kind), "%s", row->kind);
        snprintf(item->recipient, sizeof(item->recipient), "%s", row->recipient);
        snprintf(item->problem, sizeof(item->problem), "%s", row->problem);
        return 0;
}

int op_mail_list(struct op *op, struct mail_listing *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_OPERATE, NULL, NULL);
        if (r != 0)
                return r;
        call->mails = calloc(call->limit, sizeof(*call->mails));
        if (!call->mails)
                return -ENOMEM;
        return mail_list(op->store, (int64_t)call->after, call->limit, copy_row, call);
}

__attribute__((format(printf, 3, 4))) static void find(struct findings *findings, const char *part,
                                                       const char *format, ...)
{
        va_list arguments;

        if (findings->n == FINDINGS_MOST)
                return;
        findings->all[findings->n].part = part;
        va_start(arguments, format);
        vsnprintf(findings->all[findings->n].text, FINDING_TEXT_SIZE, format, arguments);
        va_end(arguments);
        findings->n++;
}

static const char *s(uint64_t n)
{
        return n == 1 ? "" : "s";
}

static void check_deliverer(const struct op *op, struct findings *findings)
{
        uint64_t since_usec = atomic_load(&taken_usec);

        if (!op->settings->mail || since_usec == 0 || op->clock_usec < since_usec ||
            op->clock_usec - since_usec < TAKEN_AT_LEAST_EVERY)
                return;
        find(findings, "mail",
             "Mail=yes, but nobody has asked for mail for %" PRIu64
             " minutes: `systemctl status bo-maild` tells why.",
             (op->clock_usec - since_usec) / USEC_PER_MIN);
}

static void check_queue(const struct mail_counts *counts, struct findings *findings)
{
        if (counts->given_up > 0)
                find(findings, "mail",
                     "%" PRIu64 " mail%s could not be delivered and %s given up in the last 30 "
                     "days: `boctl mail list` shows which.",
                     counts->given_up, s(counts->given_up), counts->given_up == 1 ? "was" : "were");
        if (counts->late > 0)
                find(findings, "mail",
                     "%" PRIu64 " mail%s waiting for more than an hour: `boctl mail list` shows "
                     "what the mail server said.",
                     counts->late, counts->late == 1 ? " has been" : "s have been");
}

int op_check(struct op *op, struct findings *ret_findings)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct findings findings = {0};
        struct mail_counts counts;
        int r = op_begin_read(op, &tx);

        if (r == 0)
                r = authorise(op, &tx, ACCESS_OPERATE, NULL, NULL);
        if (r == 0)
                r = mail_count(op->store,
                               tx.now_usec > WAITS_TOO_LONG ? tx.now_usec - WAITS_TOO_LONG : 0,
                               &counts);
        if (r != 0)
                return r;
        check_queue(&counts, &findings);
        check_deliverer(op, &findings);
        *ret_findings = findings;
        return 0;
}
