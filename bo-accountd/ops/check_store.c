/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings: damage of the database, and an audit trail that was changed; at a glance, and whole in
 * steps. */
#include "bo-accountd/ops/finding.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/integrity.h"
#include "common/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define GLANCE_BYTES (64 * UINT64_C(1048576)) /* a larger database is left to the whole check */
#define GLANCE_USEC  (USEC_PER_SEC / 4)
#define GLANCE_ROWS  1000
#define STEP_ROWS    16384

static const char restore_remedy[] =
        "Copy /var/lib/bo-accountd aside as it is, then put a backup in its place: `boctl restore "
        "FILE`.";

static int examine(struct op *op, const char *table, bool whole, struct findings *findings)
{
        char problem[INTEGRITY_PROBLEM_SIZE] = "";
        int r = store_examine_table(op->store, table, whole, problem);

        if (r == 0 && problem[0])
                finding_add(findings, FINDING_FAULT, "database", restore_remedy,
                            "The database is damaged in %s: %s.", table, problem);
        return r;
}

static void tell_broken(struct findings *findings, uint64_t bad)
{
        finding_add(findings, FINDING_FAULT, "audit",
                    "`boctl audit verify` tells the first entry that does not fit. Find out who "
                    "could write to /var/lib/bo-accountd, and compare with a backup.",
                    "The audit trail has been changed outside of bo, at entry %" PRIu64
                    " or behind it.",
                    bad);
}

static int glance_at_tables(struct op *op, struct findings *findings)
{
        char table[TABLE_NAME_SIZE] = "", after[TABLE_NAME_SIZE];
        uint64_t bytes = 0, begun_usec = clock_monotonic_usec();
        int r = store_size(op->store, &bytes);

        if (r < 0 || bytes > GLANCE_BYTES)
                return r;
        while (r == 0 && clock_monotonic_usec() - begun_usec < GLANCE_USEC) {
                memcpy(after, table, sizeof(after));
                r = store_table_next(op->store, after, table);
                if (r == 0)
                        r = examine(op, table, false, findings);
        }
        return r == -ENODATA ? 0 : r;
}

int check_store(struct op *op, struct findings *findings)
{
        struct audit_piece piece = {0};
        uint64_t newest = 0;
        int r = glance_at_tables(op, findings);

        if (r == 0)
                r = audit_newest(op->store, &newest);
        if (r == 0)
                r = audit_verify_piece(op->store, newest > GLANCE_ROWS ? newest - GLANCE_ROWS : 0,
                                       GLANCE_ROWS + 1, &piece);
        if (r == BO_ERR_AUDIT_BROKEN) {
                tell_broken(findings, piece.bad);
                r = 0;
        }
        return r;
}

/* "t TABLE": that one was the last; "a SEQUENCE": up to that row. */
static int step_table(struct op *op, struct check_step *step, const char *after)
{
        char table[TABLE_NAME_SIZE];
        int r = store_table_next(op->store, after, table);

        if (r == -ENODATA) {
                strcpy(step->next, "a 0");
                return 0;
        }
        if (r == 0)
                r = examine(op, table, true, &step->findings);
        if (r == 0)
                snprintf(step->next, sizeof(step->next), "t %s", table);
        return r;
}

static int step_audit(struct op *op, struct check_step *step, uint64_t from, uint64_t *ret_to)
{
        struct audit_piece piece = {0};
        int r = audit_verify_piece(op->store, from, STEP_ROWS, &piece);

        if (r == BO_ERR_AUDIT_BROKEN)
                tell_broken(&step->findings, piece.bad);
        else if (r == 0 && piece.to < piece.end)
                snprintf(step->next, sizeof(step->next), "a %" PRIu64, piece.to);
        *ret_to = piece.to;
        return r < 0 ? r : 0;
}

/* How many tables there are up to @table. */
static int count_done(struct op *op, const char *last, uint64_t *ret_n)
{
        char table[TABLE_NAME_SIZE] = "", after[TABLE_NAME_SIZE];
        uint64_t n = 0;
        int r = 0;

        while (r == 0) {
                memcpy(after, table, sizeof(after));
                r = store_table_next(op->store, after, table);
                if (r == 0 && strcmp(table, last) > 0)
                        break;
                n += r == 0;
        }
        *ret_n = n;
        return r == -ENODATA ? 0 : r;
}

static int parse(struct op *op, const struct check_step *step, const char **ret_table,
                 uint64_t *ret_from)
{
        const char *cursor = step->cursor;
        char *end;

        *ret_table = NULL;
        if (!cursor[0] || strncmp(cursor, "t ", 2) == 0) {
                *ret_table = cursor[0] ? cursor + 2 : "";
                return strlen(cursor) < TABLE_NAME_SIZE
                               ? 0
                               : op_refuse(op, BO_ERR_BAD_CURSOR, "%s", "No such step.");
        }
        if (strncmp(cursor, "a ", 2) != 0 || cursor[2] < '0' || cursor[2] > '9')
                return op_refuse(op, BO_ERR_BAD_CURSOR, "%s", "No such step.");
        errno = 0;
        *ret_from = strtoull(cursor + 2, &end, 10);
        return *end || errno || *ret_from > INT64_MAX
                       ? op_refuse(op, BO_ERR_BAD_CURSOR, "%s", "No such step.")
                       : 0;
}

int op_check_store(struct op *op, struct check_step *step)
{
        _cleanup_(tx_end) struct tx tx = {0};
        uint64_t from = 0, newest = 0, tables = 0;
        const char *table;
        int r = op_begin_operate_read(op, &tx);

        if (r == 0)
                r = parse(op, step, &table, &from);
        if (r == 0)
                r = audit_newest(op->store, &newest);
        /* A row that was never there is a mistake of who asks, no hole in the trail. */
        if (r == 0 && from > newest)
                r = op_refuse(op, BO_ERR_BAD_CURSOR, "%s", "No such step.");
        if (r == 0)
                r = table ? step_table(op, step, table) : step_audit(op, step, from, &from);
        if (r == 0)
                r = store_table_count(op->store, &tables);
        step->total = tables + newest / STEP_ROWS + 1;
        step->done = tables + from / STEP_ROWS + (step->next[0] ? 0 : 1);
        if (r == 0 && step->next[0] == 't')
                r = count_done(op, step->next + 2, &step->done);
        if (!step->next[0])
                step->done = step->total;
        return r;
}
