/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: a reset that somebody asks for, himself (R36, R75). */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"
#include "common/text.h"

#include <errno.h>

struct reset_call {
        const char *name, *rhost;
};

static int request_reset_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct reset_call *call = userdata;
        const struct option options[] = {{"Rhost", 's', &call->rhost}};

        if (sd_bus_message_read(message, "s", &call->name) < 0)
                return -EINVAL;
        return options_read(request, message, options, ELEMENTS(options));
}

/* Nothing here depends on whether there is such a user. */
static int request_reset_run(struct op *op, void *userdata)
{
        const struct reset_call *call = userdata;
        char rhost[46] = "";

        if (call->rhost && op->actor_uid != 0)
                return op_refuse(op, BO_ERR_NOT_ALLOWED, "Rhost: only root may speak for others.");
        if (call->rhost && !text_address(rhost, sizeof(rhost), call->rhost))
                return op_refuse(op, BO_ERR_BAD_VALUE, "Rhost: a numeric address.");
        op_wish_reset(op, call->name, rhost, op->actor_uid);
        return 0;
}

static const struct method methods[] = {
        {"RequestPasswordReset", QUEUE_OTHER, false, sizeof(struct reset_call), request_reset_parse,
         request_reset_run, NULL, NULL},
};

int manager_on_reset(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
