/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An old database in the place of the newest: the alarm, and who says that it was meant. */
#include "bo-accountd/store/generation.h"
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/ops/ops.h"
#include "bo-accountd/store/audit.h"
#include "common/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

static bool is_open(const struct generation *generation)
{
        return generation->found_usec > 0 && generation->accepted_usec == 0;
}

static const char *words(const struct generation *generation)
{
        if (strcmp(generation->reason, "unmarked") == 0)
                return "The mark beside the database is gone or damaged, so an old copy may have "
                       "taken its place.";
        if (strcmp(generation->reason, "mixed") == 0)
                return "The database is an old copy under the log of a newer one "
                       "(accounts.db-wal), "
                       "a mixture of both: put a backup in its place.";
        if (strcmp(generation->reason, "another") == 0)
                return "The database is not the one that the mark beside it is of, but a copy that "
                       "went another way.";
        return "The database is an old copy: a newer one was in its place.";
}

/* Of the audit trail; 0: not known. */
static uint64_t lost(const struct generation *generation)
{
        return generation->mark_sequence > generation->sequence
                       ? generation->mark_sequence - generation->sequence
                       : 0;
}

static void tell(struct op *op, const struct generation *generation)
{
        struct op_signal *signal = op_signal(op, OP_DATABASE_OLDER, NULL);
        char detail[64];

        snprintf(signal->one, sizeof(signal->one), "%s", generation->reason);
        signal->id = lost(generation);
        snprintf(detail, sizeof(detail), "reason=%s lost=%" PRIu64, generation->reason,
                 lost(generation));
        op_note(op, LOG_ALERT, &(struct log_event){.event = "database-older", .detail = detail},
                "%s Tokens, invitations, recovery codes and mails of it are void. If that was "
                "meant: boctl database accept.",
                words(generation));
}

/* Again by each daemon that starts, until somebody has said that it was meant. */
int op_tell_older(struct op *op)
{
        static atomic_bool told;
        struct generation generation;
        int r = generation_load(op->store, &generation);

        if (r == 0 && is_open(&generation) && !atomic_exchange(&told, true)) {
                tell(op, &generation);
                op_keep_told(op); /* whatever becomes of the rest of this pass */
        }
        return r;
}

static void time_text(char *out, size_t size, uint64_t usec)
{
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        struct tm parts;

        if (!gmtime_r(&seconds, &parts) || strftime(out, size, "%F %R UTC", &parts) == 0)
                out[0] = '\0';
}

int check_generation(struct op *op, struct findings *findings)
{
        struct generation generation;
        char when[32], rows[64] = "";
        int r = generation_load(op->store, &generation);

        if (r != 0 || !is_open(&generation))
                return r;
        time_text(when, sizeof(when), generation.found_usec);
        if (lost(&generation) > 0)
                snprintf(rows, sizeof(rows), " (%" PRIu64 " rows of the audit trail are lost)",
                         lost(&generation));
        finding_add(findings, FINDING_FAULT, "database",
                    "If it was meant: `boctl database accept`. If not, look who was root then, and "
                    "restore the newest backup.",
                    "%s Found %s%s; open links, codes and mails of it were made void.",
                    words(&generation), when, rows);
        return 0;
}

int op_accept_database(struct op *op)
{
        _cleanup_(tx_end) struct tx tx = {0};
        const struct audit_entry entry = {
                .event = "database-accepted",
                .actor_uid = op->actor_uid,
                .subject_uid = AUDIT_NOBODY,
        };
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = generation_accept(&tx);
        if (r == -ENODATA)
                return 0; /* there is nothing to be accepted */
        if (r == 0)
                r = audit_append(&tx, &entry);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0)
                op_note(op, LOG_NOTICE, &(struct log_event){.event = entry.event},
                        "The database was accepted as it is by uid %u.", op->actor_uid);
        return r;
}

/* Failing to write it is told when it begins, and costs nothing but a later alarm. */
int op_mark(struct op *op)
{
        static atomic_int before;
        int r = store_mark(op->store);

        if (r != atomic_exchange(&before, r) && r < 0)
                log_line(LOG_WARNING,
                         "The mark beside the database cannot be written: %s. An old copy put in "
                         "its place may not be found.",
                         strerror(-r));
        return r == -ESTALE ? -EIO : 0; /* a new connection finds that it is old */
}
