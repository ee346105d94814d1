/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The frame of export and import: who may, page by page, row by row, recorded. */
#include "bo-accountd/ops/bulk_private.h"
#include "common/clock.h"
#include "common/text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#define SLICE_USEC (100 * USEC_PER_MSEC) /* that the writer is held at most */

size_t bulk_fields(const struct bulk_kind *kind, const char *const **ret_fields)
{
        *ret_fields = kind->fields;
        return kind->n_fields;
}

static int record(struct op *op, struct tx *tx, const char *event, const char *customer,
                  const char *detail)
{
        return audit_append(tx, &(struct audit_entry){.event = event,
                                                      .actor_uid = op->actor_uid,
                                                      .subject_uid = AUDIT_NOBODY,
                                                      .customer = customer,
                                                      .detail = detail});
}

static void note(struct op *op, const char *event, const char *customer, const char *detail)
{
        op_note(op, LOG_NOTICE,
                &(struct log_event){.event = event, .customer = customer, .detail = detail},
                "%s by uid %u: %s.", event, op->actor_uid, detail);
}

static int read_page(struct op *op, struct bulk_export *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        struct customer customer;
        int r = op_begin_operate_read(op, &tx);

        if (r == 0 && call->customer)
                r = customer_load(op->store, call->customer, &customer);
        return r == 0 ? call->kind->read(op, call) : r;
}

/* Each page is recorded, since a caller may begin at any: who got what is to be known. */
static int record_page(struct op *op, const struct bulk_export *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        char cursor[65], detail[160];
        int r;

        text_clean(cursor, sizeof(cursor), call->cursor, false); /* whatever the caller said */
        snprintf(detail, sizeof(detail), "%s rows=%zu after=%s", call->kind->name, call->n_rows,
                 cursor);
        r = op_begin_write(op, &tx);
        if (r == 0)
                r = record(op, &tx, "data-exported", call->customer, detail);
        if (r == 0)
                r = tx_commit(&tx);
        if (r == 0 && !call->cursor[0])
                note(op, "data-exported", call->customer, call->kind->name);
        return r;
}

int op_bulk_export(struct op *op, struct bulk_export *call)
{
        int r;

        call->stream = open_memstream(&call->cells, &call->size);
        if (!call->stream)
                return -ENOMEM;
        r = read_page(op, call);
        if (fflush(call->stream) != 0 && r == 0)
                r = -ENOMEM;
        return r == 0 ? record_page(op, call) : r;
}

void bulk_export_clear(struct bulk_export *call)
{
        if (call->stream)
                (void)fclose(call->stream); /* of memory; flushed where it counts */
        free(call->cells);
}

static struct bulk_remark *remark_add(struct bulk_import *call, size_t row, const char *field)
{
        size_t room = call->remarks_room ? 2 * call->remarks_room : 8;
        struct bulk_remark *remarks = call->n_remarks < call->remarks_room
                                              ? call->remarks
                                              : reallocarray(call->remarks, room, sizeof(*remarks));

        if (!remarks)
                return NULL;
        if (call->n_remarks == call->remarks_room)
                call->remarks_room = room;
        call->remarks = remarks;
        remarks += call->n_remarks++;
        *remarks = (struct bulk_remark){.row = (uint32_t)row};
        snprintf(remarks->field, sizeof(remarks->field), "%s", field);
        return remarks;
}

int bulk_warn(struct bulk_import *call, size_t row, const char *field, const char *format, ...)
{
        struct bulk_remark *remark = remark_add(call, row, field);
        va_list arguments;

        if (!remark)
                return -ENOMEM;
        remark->warning = true;
        va_start(arguments, format);
        vsnprintf(remark->text, sizeof(remark->text), format, arguments);
        va_end(arguments);
        return 0;
}

/* The field is told apart: "Name: too long" is "too long" here. */
static const char *without_field(const char *message)
{
        size_t word = strcspn(message, ": ");

        return strncmp(message + word, ": ", 2) == 0 ? message + word + 2 : message;
}

static int remark_error(struct op *op, const struct bulk_row *row, int error)
{
        const struct bulk_kind *kind = row->import->kind;
        struct bulk_remark *remark =
                remark_add(row->import, row->index, row->field ? row->field : kind->fields[0]);

        if (!remark)
                return -ENOMEM;
        snprintf(remark->text, sizeof(remark->text), "%s",
                 op->message[0] ? without_field(op->message) : bo_error_text(error));
        return 0;
}

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

static int put(struct op *op, struct tx *tx, struct bulk_row *row)
{
        size_t warned = row->import->n_remarks;
        int r = tx_mark(tx), undone;

        op->message[0] = '\0';
        if (r == 0)
                r = row->import->kind->put(op, tx, row);
        if (r < 0)
                return r;
        if (r == 0)
                return tx_keep(tx);
        undone = tx_undo(tx);
        row->import->n_remarks = warned; /* of what is not done nobody has to be warned */
        return undone < 0 ? undone : remark_error(op, row, r);
}

static int take_row(struct op *op, struct tx *tx, struct bulk_import *call, size_t index)
{
        struct bulk_row row = {.import = call, .index = index};
        size_t errors = call->n_remarks;
        int r;

        for (size_t i = 0; i < call->n_fields; i++)
                row.text[call->column[i]] = call->cells[index * call->n_fields + i];
        r = put(op, tx, &row);
        if (r != 0 || (call->n_remarks > errors && !call->remarks[errors].warning))
                return r;
        if (row.there)
                call->unchanged++;
        else if (call->uids)
                call->uids[call->created++] = row.uid;
        return 0;
}

/* As many as there is time for, so that nobody else waits long for the writer. */
static int take_rows(struct op *op, struct tx *tx, struct bulk_import *call)
{
        uint64_t until_usec = clock_monotonic_usec() + SLICE_USEC;
        uint32_t before = call->created;
        char detail[160];
        int r = 0;

        while (r == 0 && call->at < call->n_rows && clock_monotonic_usec() < until_usec)
                r = take_row(op, tx, call, call->at++);
        op->message[0] = '\0';
        if (r == 0 && call->kind->finish)
                r = call->kind->finish(op, tx, call);
        call->n_finished = call->created;
        if (r != 0 || call->created == before)
                return r;
        snprintf(detail, sizeof(detail), "%s created=%u", call->kind->name, call->created - before);
        r = record(op, tx, "data-imported", NULL, detail);
        if (r == 0)
                note(op, "data-imported", NULL, detail);
        return r;
}

/* What was judged by writing it is undone; so is what was to be told. */
static int end(struct op *op, struct tx *tx, const struct bulk_import *call)
{
        int r;

        if (call->dry_run) {
                tx_end(tx);
                op->n_signals = op->kept_signals;
                op->n_notes = op->kept_notes;
                op->mail_queued = false;
                return 0;
        }
        r = tx_commit(tx);
        if (r == 0)
                op_keep_told(op);
        return r;
}

static int take_slice(struct op *op, struct bulk_import *call)
{
        _cleanup_(tx_end) struct tx tx = {0};
        int r = op_begin_operate_write(op, &tx);

        if (r == 0)
                r = find_columns(op, call);
        if (r == 0)
                r = take_rows(op, &tx, call);
        return r == 0 ? end(op, &tx, call) : r;
}

int op_bulk_import(struct op *op, struct bulk_import *call)
{
        static const struct timespec pause = {.tv_nsec = 1000000}; /* others take the writer */
        int r;

        call->uids = calloc(call->n_rows + 1, sizeof(*call->uids));
        if (!call->uids)
                return -ENOMEM;
        r = take_slice(op, call);
        while (r == 0 && call->at < call->n_rows) {
                (void)nanosleep(&pause, NULL); /* a shorter one does no harm */
                r = take_slice(op, call);
        }
        if (r == 0 && call->kind->shown_by_nss && !call->more && !call->dry_run)
                op_publish(op);
        return r;
}

void bulk_import_clear(struct bulk_import *call)
{
        free(call->cells);
        free(call->remarks);
        free(call->uids);
}
