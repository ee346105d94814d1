/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the outbox as the operator sees it. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/mail_deliver.h"

static int list_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct mail_listing *call = userdata;
        const char *cursor;
        int r = sd_bus_message_read(message, "su", &cursor, &call->limit);

        if (r < 0)
                return r;
        r = cursor_read(cursor, &call->after);
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int list_run(struct op *op, void *call)
{
        return op_mail_list(op, call);
}

static int list_reply(void *userdata, sd_bus_message *reply)
{
        const struct mail_listing *call = userdata;
        char next[24] = "";
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct mail_item *mail = &call->mails[i];

                r = sd_bus_message_append(reply, "a{sv}", 9, "Id", "t", mail->id, "Kind", "s",
                                          mail->kind, "Recipient", "s", mail->recipient, "User",
                                          "u", mail->uid, "Queued", "t", mail->queued_usec, "Due",
                                          "t", mail->due_usec, "Attempts", "u", mail->attempts,
                                          "Problem", "s", mail->problem, "GivenUp", "t",
                                          mail->given_up_usec);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (call->n == call->limit)
                snprintf(next, sizeof(next), "%llu",
                         (unsigned long long)call->mails[call->n - 1].id);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void list_clear(void *userdata)
{
        struct mail_listing *call = userdata;

        free(call->mails);
}

static const struct method methods[] = {
        {"ListMail", QUEUE_OTHER, false, sizeof(struct mail_listing), list_parse, list_run,
         list_reply, list_clear},
};

int manager_on_mail(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
