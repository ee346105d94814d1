/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Metrics of what is stored: users, sessions, mail, the audit trail. */
#include "bo-accountd/ops/metrics.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/mail.h"
#include "bo-accountd/store/session.h"
#include "common/clock.h"

static const struct metric_family
        users = {"users", "gauge", "Users by kind and status, as counted last."},
        factors = {"users_second_factor", "gauge", "Persons whose second factor is on."},
        missing = {"users_second_factor_missing", "gauge",
                   "Persons, not deactivated, whose second factor is off."},
        counted = {"users_counted_timestamp_seconds", "gauge",
                   "When all users had been counted; more than some thousand take several looks."},
        sessions = {"sessions_open", "gauge", "Open sessions of users."},
        endings = {"sessions_to_end", "gauge", "Users whose sessions are to be ended."},
        mail = {"mail", "gauge",
                "Mails in the outbox: waiting, of those late by an hour, and given up."},
        audit = {"audit_rows_total", "counter", "Rows of the audit trail: its last number."},
        backup = {"last_backup_timestamp_seconds", "gauge",
                  "When the last backup was handed out; 0: never."};

static double seconds(uint64_t usec)
{
        return (double)usec / (double)USEC_PER_SEC;
}

static int put_users(struct op *op, struct tx *tx, struct metric_listing *listing)
{
        static const char *const kinds[] = {"adm", "api"};
        struct census census;
        int r = census_go_on(op, tx, &census);

        if (r != 0 || census.counted_usec == 0)
                return r;
        for (size_t kind = 0; kind < ELEMENTS(kinds); kind++)
                for (size_t status = 0; status < CENSUS_STATUSES; status++)
                        metric_put(listing, &users, (double)census.users[kind][status],
                                   "kind=\"%s\",status=\"%s\"", kinds[kind],
                                   status_name((enum account_status)status));
        metric_put(listing, &factors, (double)census.second_factor, "%s", "");
        metric_put(listing, &missing, (double)census.factor_missing, "%s", "");
        metric_put(listing, &counted, seconds(census.counted_usec), "%s", "");
        return 0;
}

static int put_mail(struct op *op, const struct tx *tx, struct metric_listing *listing)
{
        uint64_t hour_ago = tx->now_usec > USEC_PER_HOUR ? tx->now_usec - USEC_PER_HOUR : 0;
        struct mail_counts late, all;
        int r = mail_count(op->store, hour_ago, &late);

        if (r == 0)
                r = mail_count(op->store, INT64_MAX, &all);
        if (r != 0)
                return r;
        metric_put(listing, &mail, (double)all.late, "state=\"waiting\"");
        metric_put(listing, &mail, (double)late.late, "state=\"late\"");
        metric_put(listing, &mail, (double)all.given_up, "state=\"given-up\"");
        return 0;
}

static int put_sessions(struct op *op, struct metric_listing *listing)
{
        uint64_t open = 0, ending = 0;
        int r = session_open_count(op->store, &open);

        if (r == 0)
                r = session_endings_count(op->store, INT64_MAX, &ending);
        if (r != 0)
                return r;
        metric_put(listing, &sessions, (double)open, "%s", "");
        metric_put(listing, &endings, (double)ending, "%s", "");
        return 0;
}

/* A trail that was tampered with is told by `boctl check`; here its number is missing. */
static int put_audit(struct op *op, struct metric_listing *listing)
{
        uint64_t rows = 0;
        int r = audit_count(op->store, &rows);

        if (r == 0)
                metric_put(listing, &audit, (double)rows, "%s", "");
        return r > 0 ? 0 : r;
}

static int note_time(void *userdata, const struct audit_row *row)
{
        *(uint64_t *)userdata = row->time_usec;
        return 0;
}

/* The trail has it, by an index: so it outlives the daemon, and a restore tells the truth too. */
static int put_backup(struct op *op, struct metric_listing *listing)
{
        uint64_t usec = 0;
        int r = audit_list(op->store, 0, AUDIT_NOBODY, "backup-made", 1, note_time, &usec);

        if (r < 0)
                return r;
        metric_put(listing, &backup, seconds(usec), "%s", "");
        return 0;
}

int metrics_store(struct op *op, struct tx *tx, struct metric_listing *listing)
{
        int r = put_users(op, tx, listing);

        if (r == 0)
                r = put_sessions(op, listing);
        if (r == 0)
                r = put_mail(op, tx, listing);
        if (r == 0)
                r = put_audit(op, listing);
        return r == 0 ? put_backup(op, listing) : r;
}
