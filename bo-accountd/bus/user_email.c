/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: a user's own address. */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/bus/user.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>

static int parse_request(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_email *call = userdata;
        const struct option options[] = {{"Code", 'Y', &call->code}};
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->email) < 0 ? -EINVAL : 0;
        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->password);
        return r == 0 ? options_read(request, message, options, ELEMENTS(options)) : r;
}

static int parse_confirm(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_email *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->token);
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int run_request(struct op *op, void *call)
{
        return op_user_request_email(op, call);
}

static int run_confirm(struct op *op, void *call)
{
        return op_user_confirm_email(op, call);
}

static void clear(void *userdata)
{
        struct user_email *call = userdata;

        secret_free(call->password);
        secret_free(call->code);
        secret_free(call->token);
}

#define CALL sizeof(struct user_email)

static const struct method methods[] = {
        {"RequestEmailChange", QUEUE_HASH, true, CALL, parse_request, run_request, NULL, clear},
        {"ConfirmEmailChange", QUEUE_OTHER, true, CALL, parse_confirm, run_confirm, NULL, clear},
};

int user_on_email(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
