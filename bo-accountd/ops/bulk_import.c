/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame of import: rows are taken in slices, each a transaction, so that whoever else writes
 * gets his turn. */
#include "bo-accountd/ops/bulk_private.h"
#include "common/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLICE_USEC (100 * USEC_PER_MSEC) /* that the writer is held; one row more at most */
#define CALL_USEC  (20 * USEC_PER_SEC)   /* of the 30 s that a client waits */

/* Which of the kind's fields stands in which column. */
static int find_columns(struct op *op, struct bulk_import *call)
{
        const struct bulk_kind *kind = call->kind;
        uint32_t seen = 0;

        for (size_t i = 0; i < call->n_fields; i++) {
                size_t at = 0;

                while (at < kind->n_fields && strcmp(kind->fields[at], call->fields[i]) != 0)
                        at++;
                if (at == kind->n_fields)
                        return op_refuse(op, BO_ERR_BAD_OPTION,
                                         "%s have no field \"%.32s\"; boctl(1) lists those there "
                                         "are.",
                                         kind->name, call->fields[i]);
                if (seen & UINT32_C(1) << at)
                        return op_refuse(op, BO_ERR_BAD_OPTION, "The field %s is there twice.",
                                         kind->fields[at]);
                seen |= UINT32_C(1) << at;
                call->column[i] = at;
        }
        if (!(seen & 1))
                return op_refuse(op, BO_ERR_BAD_OPTION, "The field %s is missing.",
                                 kind->fields[0]);
        return 0;
}

/* What an undone part wanted to tell did not happen. */
static void forget_told(struct op *op, size_t n_signals, size_t n_notes)
{
        op->n_signals = n_signals;
        op->n_notes = n_notes;
}

static int put(struct op *op, struct tx *tx, struct bulk_row *row)
{
        size_t warned = row->import->n_remarks, n_signals = op->n_signals, n_notes = op->n_notes;
        int r = tx_mark(tx), undone;

        op->message[0] = '\0';
        if (r == 0)
                r = row->import->kind->put(op, tx, row);
        if (r < 0 && r != -EAGAIN)
                return r;
        if (r == 0)
                return tx_keep(tx);
        undone = tx_undo(tx);
        row->import->n_remarks = warned; /* of what is not done nobody has to be warned */
        forget_told(op, n_signals, n_notes);
        if (undone < 0 || r == -EAGAIN)
                return undone < 0 ? undone : r;
        return bulk_remark_error(op, row, r);
}

static int take_row(struct op *op, struct tx *tx, struct bulk_import *call)
{
        struct bulk_row row = {.import = call, .index = call->at};
        size_t errors = call->n_remarks;
        int r;

        for (size_t i = 0; i < call->n_fields; i++)
                row.text[call->column[i]] = call->cells[call->at * call->n_fields + i];
        r = put(op, tx, &row);
        if (r != 0)
                return r;
        call->at++;
        if (call->n_remarks > errors && !call->remarks[errors].warning)
                return 0;
        if (row.there)
                call->unchanged++;
        else
                call->uids[call->created++] = row.uid;
        return 0;
}

/* As many as there is time for; a dry run takes all, since what its rows say of each other is
 * judged in one transaction alone. */
static int take_rows(struct op *op, struct tx *tx, struct bulk_import *call)
{
        uint64_t until_usec = clock_monotonic_usec() + SLICE_USEC;
        char detail[160];
        int r;

        do
                r = take_row(op, tx, call);
        while (r == 0 && call->at < call->n_asked &&
               (call->dry_run || clock_monotonic_usec() < until_usec));
        if (r == -EAGAIN) {
                call->n_asked = call->at; /* NSS has to be asked something else for this row */
                r = 0;
        }
        op->message[0] = '\0';
        if (r == 0 && call->kind->finish && !call->dry_run)
                r = call->kind->finish(op, tx, call);
        if (r != 0 || call->created == call->kept.created)
                return r;
        snprintf(detail, sizeof(detail), "%s created=%u", call->kind->name,
                 call->created - call->kept.created);
        return bulk_record(op, tx, "data-imported", NULL, detail);
}

/* What was judged by writing it is undone; so is what was to be told. */
static int end(struct op *op, struct tx *tx, struct bulk_import *call)
{
        int r = call->dry_run ? 0 : tx_commit(tx);

        if (r != 0)
                return r;
        if (call->dry_run) {
                tx_end(tx);
                forget_told(op, op->kept_signals, op->kept_notes);
                op->mail_queued = false;
        }
        op_keep_told(op);
        call->kept = (struct bulk_reached){.at = call->at,
                                           .created = call->created,
                                           .unchanged = call->unchanged,
                                           .n_remarks = call->n_remarks};
        return 0;
}

/* Each has its own reading of the clock: others have written since the one before. */
static int take_slice(struct op *op, struct bulk_import *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r;

        op->clock_usec = clock_realtime_usec();
        r = op_begin_operate_write(op, &tx);
        if (r == 0)
                r = take_rows(op, &tx, call);
        return r == 0 ? end(op, &tx, call) : r;
}

/* Asks NSS for rows to come, with no transaction open. */
static int ask(struct bulk_import *call, uint64_t until_usec)
{
        if (!call->kind->ask)
                call->n_asked = call->n_rows;
        return call->kind->ask && (call->n_asked == call->at || call->dry_run)
                       ? call->kind->ask(call, until_usec)
                       : 0;
}

static int take_all(struct op *op, struct bulk_import *call)
{
        static const struct timespec pause = {.tv_nsec = 1000000}; /* others take the writer */
        uint64_t begun_usec = clock_monotonic_usec(), until_usec = begun_usec + CALL_USEC;
        int r = 0;

        while (r == 0 && call->at < call->n_rows) {
                uint64_t now_usec = clock_monotonic_usec();

                if (now_usec > until_usec)
                        return -ETIMEDOUT;
                if (now_usec > begun_usec + USEC_PER_MSEC)
                        (void)nanosleep(&pause, NULL); /* a shorter one does no harm */
                r = ask(call, call->dry_run ? until_usec : now_usec + SLICE_USEC);
                if (r == 0)
                        r = take_slice(op, call);
        }
        return r;
}

/* Slices before are there: they are told, and each of the other rows that it is not. */
static int give_up(struct op *op, struct bulk_import *call, int error)
{
        const char *why = error == -ETIMEDOUT ? "there was no time for it."
                          : error < 0         ? "the account service failed."
                                              : bo_error_text(error);

        forget_told(op, op->kept_signals, op->kept_notes);
        call->at = call->kept.at;
        call->created = call->kept.created;
        call->unchanged = call->kept.unchanged;
        call->n_remarks = call->kept.n_remarks;
        if (error < 0 && error != -ETIMEDOUT)
                log_event(LOG_ERR,
                          &(struct log_event){.event = "store-unavailable",
                                              .detail = strerror(-error)},
                          "An import was broken off after %zu of %zu rows: %s.", call->at,
                          call->n_rows, strerror(-error));
        return bulk_remark_rest(call, why);
}

static int prepare(struct op *op, struct bulk_import *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_read(op, &tx);

        if (r == 0)
                r = find_columns(op, call);
        if (r != 0)
                return r;
        call->uids = calloc(call->n_rows + 1, sizeof(*call->uids));
        if (!call->uids)
                return -ENOMEM;
        return call->kind->foresee ? call->kind->foresee(op, call) : 0;
}

int op_bulk_import(struct op *op, struct bulk_import *call)
{
        char detail[160];
        int r = prepare(op, call), ended = 0;

        if (r == 0)
                r = ended = take_all(op, call);
        if (ended != 0 && call->kept.at > 0)
                r = give_up(op, call, ended);
        if (r != 0 && call->kept.created == 0)
                return r;
        if (call->kind->shown_by_nss && !call->dry_run &&
            (ended != 0 ? call->created > 0 : !call->more))
                op_publish(op);
        snprintf(detail, sizeof(detail), "%s created=%u", call->kind->name, call->created);
        if (call->created > 0 && !call->dry_run)
                bulk_note(op, "data-imported", NULL, detail);
        return r;
}

const char *bulk_given(const struct bulk_import *call, size_t row, size_t field)
{
        for (size_t i = 0; i < call->n_fields; i++)
                if (call->column[i] == field)
                        return call->cells[row * call->n_fields + i];
        return "";
}

void bulk_import_clear(struct bulk_import *call)
{
        if (call->kind && call->kind->forget)
                call->kind->forget(call);
        free(call->cells);
        free(call->remarks);
        free(call->uids);
}
