/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the list of sessions. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>
#include <inttypes.h>

static int list_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct session_listing *call = userdata;
        const struct option options[] = {
                {"User", 's', &call->name},
                {"Uid", 'u', &call->uid, .given = &call->of_uid},
                {"Open", 'b', &call->open},
        };
        const char *cursor = "";
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r == 0)
                r = sd_bus_message_read(message, "su", &cursor, &call->limit) < 0 ? -EINVAL : 0;
        if (r != 0)
                return r;
        if (call->of_uid && call->name)
                return op_refuse(&request->op, BO_ERR_BAD_OPTION, "User or Uid, not both.");
        r = cursor_read(cursor, &call->before);
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int list_run(struct op *op, void *call)
{
        return op_session_list(op, call);
}

static int append_row(sd_bus_message *reply, const struct session *row)
{
        return sd_bus_message_append(reply, "a{sv}", 10, "Id", "t", (uint64_t)row->id, "Uid", "u",
                                     row->uid, "User", "s", row->user, "Service", "s", row->service,
                                     "Rhost", "s", row->rhost, "Tty", "s", row->tty, "Factors", "s",
                                     row->factors, "Leader", "u", row->leader, "Opened", "t",
                                     row->opened_usec, "Closed", "t", row->closed_usec);
}

static int list_reply(void *userdata, sd_bus_message *reply)
{
        const struct session_listing *call = userdata;
        char next[24] = "";
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++)
                r = append_row(reply, &call->rows[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (call->n == call->limit)
                snprintf(next, sizeof(next), "%" PRIi64, call->rows[call->n - 1].id);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void list_clear(void *call)
{
        session_listing_clear(call);
}

static const struct method methods[] = {
        {"ListSessions", QUEUE_OTHER, false, sizeof(struct session_listing), list_parse, list_run,
         list_reply, list_clear},
};

int manager_on_sessions(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
