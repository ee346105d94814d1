/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: a user's API key. */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/bus/user.h"
#include "bo-accountd/ops/ops.h"

#include <errno.h>

static int parse_create(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_key *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->password);
        if (r == 0)
                r = secret_read(request, message, BO_ANSWER_MAX, &call->code);
        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int parse_delete(struct request *request, void *userdata, sd_bus_message *message)
{
        struct user_key *call = userdata;
        int r = path_uid(sd_bus_message_get_path(message), &call->uid);

        return r == 0 ? options_read(request, message, NULL, 0) : r;
}

static int run_create(struct op *op, void *call)
{
        return op_user_create_key(op, call);
}

static int run_delete(struct op *op, void *userdata)
{
        const struct user_key *call = userdata;

        return op_user_delete_key(op, call->uid);
}

static int reply_create(void *userdata, sd_bus_message *reply)
{
        const struct user_key *call = userdata;

        return sd_bus_message_append(reply, "s", call->text->bytes);
}

static void clear(void *userdata)
{
        struct user_key *call = userdata;

        secret_free(call->password);
        secret_free(call->code);
        secret_free(call->text);
}

#define CALL sizeof(struct user_key)

static const struct method methods[] = {
        {"CreateApiKey", QUEUE_HASH, true, CALL, parse_create, run_create, reply_create, clear},
        {"DeleteApiKey", QUEUE_OTHER, false, CALL, parse_delete, run_delete, NULL, clear},
};

int user_on_key(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
