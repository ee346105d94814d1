/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the audit trail from its beginning on. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* "AFTER:LAST", or nothing for the first page. */
static int place_read(const char *cursor, struct audit_slice *slice)
{
        uint64_t after, last;
        int n = 0;

        if (!*cursor)
                return 0;
        if (strspn(cursor, "0123456789:") != strlen(cursor) ||
            sscanf(cursor, "%19" SCNu64 ":%19" SCNu64 "%n", &after, &last, &n) != 2 || cursor[n] ||
            after >= last || last > INT64_MAX)
                return BO_ERR_BAD_CURSOR;
        slice->after = after;
        slice->last = last;
        return 0;
}

static int export_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct audit_exporting *call = userdata;
        struct audit_slice *slice = &call->slice;
        const struct option options[] = {{"Since", 't', &slice->since_usec},
                                         {"Until", 't', &slice->until_usec}};
        const char *cursor;
        int r;

        slice->until_usec = UINT64_MAX;
        r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0)
                r = sd_bus_message_read(message, "su", &cursor, &slice->limit) < 0 ? -EINVAL : 0;
        if (r == 0)
                r = place_read(cursor, slice);
        return r == 0 ? limit_check(request, &slice->limit) : r;
}

static int export_run(struct op *op, void *call)
{
        return op_audit_export(op, call);
}

static int rows_append(const struct audit_exporting *call, sd_bus_message *reply)
{
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct audit_item *row = &call->rows[i];

                r = sd_bus_message_append(reply, "a{sv}", 8, "Sequence", "t", row->sequence, "Time",
                                          "t", row->time_usec, "Event", "s", row->event, "Actor",
                                          "u", row->actor_uid, "Subject", "u", row->subject_uid,
                                          "Customer", "s", row->customer, "Detail", "s",
                                          row->detail, "Hash", "s", call->hashes[i]);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int export_reply(void *userdata, sd_bus_message *reply)
{
        const struct audit_exporting *call = userdata;
        char next[48] = "";
        int r = rows_append(call, reply);

        if (call->slice.after < call->slice.last)
                snprintf(next, sizeof(next), "%" PRIu64 ":%" PRIu64, call->slice.after,
                         call->slice.last);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void export_clear(void *call)
{
        audit_exporting_clear(call);
}

static const struct method methods[] = {
        {"ExportAudit", QUEUE_OTHER, false, sizeof(struct audit_exporting), export_parse,
         export_run, export_reply, export_clear},
};

int manager_on_export(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
