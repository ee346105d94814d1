/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the audit trail, the clock. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>

static int list_audit_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct audit_listing *call = userdata;
        const struct option options[] = {{"Subject", 'u', &call->subject_uid},
                                         {"Event", 's', &call->event}};
        const char *cursor;
        int r;

        call->subject_uid = AUDIT_NOBODY;
        r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0)
                r = sd_bus_message_read(message, "su", &cursor, &call->limit) < 0 ? -EINVAL : 0;
        if (r != 0)
                return r;
        r = cursor_read(cursor, &call->before);
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int list_audit_run(struct op *op, void *call)
{
        return op_audit_list(op, call);
}

static int list_audit_reply(void *userdata, sd_bus_message *reply)
{
        const struct audit_listing *call = userdata;
        char next[24] = "";
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct audit_item *row = &call->rows[i];

                r = sd_bus_message_append(
                        reply, "a{sv}", 7, "Sequence", "t", row->sequence, "Time", "t",
                        row->time_usec, "Event", "s", row->event, "Actor", "u",
                        row->actor_uid == AUDIT_NOBODY ? 0 : row->actor_uid, "Subject", "u",
                        row->subject_uid == AUDIT_NOBODY ? 0 : row->subject_uid, "Customer", "s",
                        row->customer, "Detail", "s", row->detail);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (call->n == call->limit)
                snprintf(next, sizeof(next), "%llu",
                         (unsigned long long)call->rows[call->n - 1].sequence);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void list_audit_clear(void *call)
{
        audit_listing_clear(call);
}

struct verify_call {
        uint64_t after;
        struct audit_piece piece;
};

static int verify_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct verify_call *call = userdata;
        int r = sd_bus_message_read(message, "t", &call->after);

        (void)request; /* nothing is refused yet */
        return r < 0 ? r : 0;
}

static int verify_run(struct op *op, void *userdata)
{
        struct verify_call *call = userdata;

        return op_audit_verify(op, call->after, &call->piece);
}

static int verify_reply(void *userdata, sd_bus_message *reply)
{
        const struct verify_call *call = userdata;

        return sd_bus_message_append(reply, "tt", call->piece.to, call->piece.end);
}

static int accept_parse(struct request *request, void *call, sd_bus_message *message)
{
        (void)call; /* no options yet */
        return options_read(request, message, NULL, 0);
}

static int accept_clock_run(struct op *op, void *call)
{
        (void)call; /* it takes and gives nothing */
        return op_accept_clock(op);
}

static int accept_database_run(struct op *op, void *call)
{
        (void)call; /* it takes and gives nothing */
        return op_accept_database(op);
}

static const struct method methods[] = {
        {"ListAudit", QUEUE_OTHER, false, sizeof(struct audit_listing), list_audit_parse,
         list_audit_run, list_audit_reply, list_audit_clear},
        {"VerifyAudit", QUEUE_OTHER, false, sizeof(struct verify_call), verify_parse, verify_run,
         verify_reply, NULL},
        {"AcceptClock", QUEUE_OTHER, false, 0, accept_parse, accept_clock_run, NULL, NULL},
        {"AcceptDatabase", QUEUE_OTHER, false, 0, accept_parse, accept_database_run, NULL, NULL},
};

int manager_on_record(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
