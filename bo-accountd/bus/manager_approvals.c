/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: requests for addresses, listed, and answered by a mailed token. */
#include "bo-accountd/bus/approval.h"
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static int status_read(struct request *request, const char *word, int *ret_status)
{
        enum approval_status status;

        *ret_status = -1;
        if (!word || !*word)
                return 0;
        if (approval_status_from_name(word, &status) < 0)
                return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                 "Status: pending, approved, rejected, revoked or expired.");
        *ret_status = (int)status;
        return 0;
}

static int list_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct approval_listing *call = userdata;
        const char *status = NULL, *cursor;
        const struct option options[] = {{"Status", 's', &status}};
        int r = sd_bus_message_read(message, "s", &call->customer) < 0 ? -EINVAL : 0;

        if (r == 0)
                r = options_read(request, message, options, ELEMENTS(options));
        if (r == 0)
                r = sd_bus_message_read(message, "su", &cursor, &call->limit) < 0 ? -EINVAL : 0;
        if (r == 0)
                r = status_read(request, status, &call->status);
        if (r == 0)
                r = cursor_read(cursor, &call->before);
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int list_run(struct op *op, void *call)
{
        return op_approval_list(op, call);
}

static int list_reply(void *userdata, sd_bus_message *reply)
{
        const struct approval_listing *call = userdata;
        char next[24] = "";
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++)
                r = approval_append(reply, &call->rows[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        if (call->next != 0)
                snprintf(next, sizeof(next), "%" PRIu64, call->next);
        return r < 0 ? r : sd_bus_message_append(reply, "s", next);
}

static void list_clear(void *userdata)
{
        struct approval_listing *call = userdata;

        free(call->rows);
}

struct answer_call {
        struct approval_answer answer;
        struct secret *token;
};

static int answer_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct answer_call *call = userdata;
        const struct option options[] = {{"Reason", 's', &call->answer.reason}};
        int yes = 0, r = secret_read(request, message, BO_ANSWER_MAX, &call->token);

        if (r == 0)
                r = sd_bus_message_read(message, "b", &yes) < 0 ? -EINVAL : 0;
        if (r == 0)
                r = options_read(request, message, options, ELEMENTS(options));
        if (!call->answer.reason)
                call->answer.reason = "";
        call->answer.token = call->token;
        call->answer.yes = yes;
        return r;
}

static int answer_run(struct op *op, void *userdata)
{
        struct answer_call *call = userdata;

        return op_approval_answer(op, &call->answer);
}

static int answer_reply(void *userdata, sd_bus_message *reply)
{
        const struct answer_call *call = userdata;
        char path[64];

        path_of_approval(path, call->answer.id);
        return sd_bus_message_append(reply, "o", path);
}

static void answer_clear(void *userdata)
{
        struct answer_call *call = userdata;

        secret_free(call->token);
}

static const struct method methods[] = {
        {"ListApprovals", QUEUE_OTHER, false, sizeof(struct approval_listing), list_parse, list_run,
         list_reply, list_clear},
        {"AnswerApproval", QUEUE_OTHER, true, sizeof(struct answer_call), answer_parse, answer_run,
         answer_reply, answer_clear},
};

int manager_on_approvals(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
