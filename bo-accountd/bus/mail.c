/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Mail interface: the outbox for who delivers, who is told when there is something in it. */
#include "bo-accountd/bus/bus_private.h"
#include "bo-accountd/bus/entry.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/mail_deliver.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>

static void tell(struct connection *connection)
{
        int r = sd_bus_emit_signal(connection->bus, BUS_ROOT, BUS_NAME ".Mail", "Queued", "");

        connection->told_of_mail = r >= 0;
        if (r < 0 && r != -ENOTCONN)
                log_line(LOG_WARNING, "The deliverer was not told of mail: %s.", strerror(-r));
}

void bus_tell_of_mail(struct bus *bus, const struct op *op)
{
        if (!op->mail_queued)
                return;
        for (struct connection *c = bus->clients; c; c = c->next)
                if (c->takes_mail && !c->told_of_mail)
                        tell(c);
}

struct take_call {
        struct mail_taking taking;
        struct connection *connection;
};

static int take_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct take_call *call = userdata;
        int r = sd_bus_message_read(message, "u", &call->taking.limit);

        if (r < 0)
                return r;
        if (call->taking.limit == 0)
                call->taking.limit = MAIL_TAKE_NORMAL;
        if (call->taking.limit > MAIL_TAKE_MOST)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE, "limit: 1 to %d, or 0 for %d.",
                                 MAIL_TAKE_MOST, MAIL_TAKE_NORMAL);
        call->connection = request->connection;
        request->connection->told_of_mail = false; /* what comes from now on may be missed by it */
        return 0;
}

static int take_run(struct op *op, void *userdata)
{
        struct take_call *call = userdata;

        return op_mail_take(op, &call->taking);
}

static int append_field(void *userdata, const char *name, const char *value)
{
        int r = sd_bus_message_append(userdata, "{ss}", name, value);

        return r < 0 ? r : 0;
}

static int append_fields(sd_bus_message *reply, const struct secret *fields)
{
        int r = entry_open(reply, "Fields", "a{ss}");

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "{ss}");
        if (r >= 0)
                r = mail_fields_each(fields, append_field, reply);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : entry_close(reply);
}

static int append_mail(sd_bus_message *reply, const struct mail_taken *mail)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}", "Id", "t",
                                          (uint64_t)mail->id, "Kind", "s", mail->kind, "Recipient",
                                          "s", mail->recipient, "MessageId", "s", mail->message_id,
                                          "Queued", "t", mail->queued_usec, "Attempts", "u",
                                          mail->attempts);
        if (r >= 0)
                r = append_fields(reply, mail->fields);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int take_reply(void *userdata, sd_bus_message *reply)
{
        struct take_call *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->taking.n; i++)
                r = append_mail(reply, &call->taking.mails[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (r >= 0)
                r = sd_bus_message_append(reply, "t", call->taking.wait_usec);
        if (call->connection->takes_mail)
                return r;
        /* He may. Nobody told him of what was queued while that was found out. */
        call->connection->takes_mail = true;
        tell(call->connection);
        return r;
}

static void take_clear(void *userdata)
{
        struct take_call *call = userdata;

        mail_taking_clear(&call->taking);
}

struct outcome_call {
        uint64_t id;
        const char *problem;
};

static int delivered_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct outcome_call *call = userdata;
        int r = sd_bus_message_read(message, "t", &call->id);

        (void)request; /* there is nothing to be refused */
        return r < 0 ? r : 0;
}

static int outcome_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct outcome_call *call = userdata;
        int r = sd_bus_message_read(message, "ts", &call->id, &call->problem);

        (void)request; /* what is too long is cut */
        return r < 0 ? r : 0;
}

static int delivered_run(struct op *op, void *userdata)
{
        const struct outcome_call *call = userdata;

        return op_mail_delivered(op, call->id);
}

static int retry_run(struct op *op, void *userdata)
{
        const struct outcome_call *call = userdata;

        return op_mail_retry(op, call->id, call->problem);
}

static int give_up_run(struct op *op, void *userdata)
{
        const struct outcome_call *call = userdata;

        return op_mail_give_up(op, call->id, call->problem);
}

static const struct method methods[] = {
        {"Take", QUEUE_OTHER, true, sizeof(struct take_call), take_parse, take_run, take_reply,
         take_clear},
        {"Delivered", QUEUE_OTHER, true, sizeof(struct outcome_call), delivered_parse,
         delivered_run, NULL, NULL},
        {"Retry", QUEUE_OTHER, true, sizeof(struct outcome_call), outcome_parse, retry_run, NULL,
         NULL},
        {"GiveUp", QUEUE_OTHER, true, sizeof(struct outcome_call), outcome_parse, give_up_run, NULL,
         NULL},
};

static int on_call(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}

static const sd_bus_vtable vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD_WITH_ARGS("Take", SD_BUS_ARGS("u", limit),
                                SD_BUS_RESULT("aa{sv}", mails, "t", wait), on_call,
                                SD_BUS_VTABLE_UNPRIVILEGED | SD_BUS_VTABLE_SENSITIVE),
        SD_BUS_METHOD_WITH_ARGS("Delivered", SD_BUS_ARGS("t", id), SD_BUS_NO_RESULT, on_call,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Retry", SD_BUS_ARGS("t", id, "s", problem), SD_BUS_NO_RESULT,
                                on_call, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("GiveUp", SD_BUS_ARGS("t", id, "s", problem), SD_BUS_NO_RESULT,
                                on_call, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL("Queued", "", 0),
        SD_BUS_VTABLE_END,
};

int mail_add(struct connection *connection)
{
        return sd_bus_add_object_vtable(connection->bus, NULL, BUS_ROOT, BUS_NAME ".Mail", vtable,
                                        connection);
}
