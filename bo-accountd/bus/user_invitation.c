/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: a user's answer to an invitation. */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/bus/user.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>

struct invitation_call {
        uint32_t uid;
        const char *customer;
};

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct invitation_call *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->customer) < 0 ? -EINVAL : 0;
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int run_accept(struct op *op, void *userdata)
{
        const struct invitation_call *call = userdata;

        return op_invitation_accept(op, call->uid, call->customer);
}

static int run_decline(struct op *op, void *userdata)
{
        const struct invitation_call *call = userdata;

        return op_invitation_decline(op, call->uid, call->customer);
}

#define CALL sizeof(struct invitation_call)

static const struct method methods[] = {
        {"AcceptMembership", QUEUE_OTHER, false, CALL, parse, run_accept, NULL, NULL},
        {"DeclineMembership", QUEUE_OTHER, false, CALL, parse, run_decline, NULL, NULL},
};

int user_on_invitation(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
