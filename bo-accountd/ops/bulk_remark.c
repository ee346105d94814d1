/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is to say of rows that are imported. */
#include "bo-accountd/ops/bulk_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct bulk_remark *bulk_remark_add(struct bulk_import *call, size_t row, const char *field)
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
        struct bulk_remark *remark = bulk_remark_add(call, row, field);
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

int bulk_remark_error(struct op *op, const struct bulk_row *row, int error)
{
        const struct bulk_kind *kind = row->import->kind;
        struct bulk_remark *remark =
                bulk_remark_add(row->import, row->index, row->field ? row->field : kind->fields[0]);

        if (!remark)
                return -ENOMEM;
        snprintf(remark->text, sizeof(remark->text), "%s",
                 op->message[0] ? without_field(op->message) : bo_error_text(error));
        return 0;
}

int bulk_remark_rest(struct bulk_import *call, const char *why)
{
        for (size_t row = call->at; row < call->n_rows; row++) {
                struct bulk_remark *remark = bulk_remark_add(call, row, call->kind->fields[0]);

                if (!remark)
                        return -ENOMEM;
                snprintf(remark->text, sizeof(remark->text), "was not taken: %s Import it again.",
                         why);
        }
        return 0;
}
