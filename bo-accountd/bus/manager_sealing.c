/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the ring of keys. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/sealing_key.h"

struct rotation {
        const char *present; /* refused if it is another; "": whichever it is */
        char id[KEY_ID_SIZE];
};

struct retirement {
        const char *keys; /* those alone, if they are done; "": whichever are */
        struct key_retiring retired;
};

static int rotate_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct rotation *call = userdata;
        const struct option options[] = {{"Present", 's', &call->present}};

        return options_read(request, message, options, ELEMENTS(options));
}

static int rotate_run(struct op *op, void *userdata)
{
        struct rotation *call = userdata;

        return op_key_rotate(op, call->present, call->id);
}

static int rotate_reply(void *userdata, sd_bus_message *reply)
{
        const struct rotation *call = userdata;

        return sd_bus_message_append(reply, "s", call->id);
}

static int no_options(struct request *request, void *call, sd_bus_message *message)
{
        (void)call; /* no options yet */
        return options_read(request, message, NULL, 0);
}

static int status_run(struct op *op, void *call)
{
        return op_key_status(op, call);
}

static int status_reply(void *userdata, sd_bus_message *reply)
{
        const struct key_views *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct key_view *key = &call->all[i];

                r = sd_bus_message_append(
                        reply, "a{sv}", 10, "Id", "s", key->id, "State", "s", key->state, "Since",
                        "t", key->since_usec, "Retired", "t", key->retired_usec, "Passwords", "t",
                        key->uses.passwords, "ApiKeys", "t", key->uses.api_keys, "RecoveryCodes",
                        "t", key->uses.recovery_codes, "Tokens", "t", key->uses.tokens,
                        "OneTimeCodes", "t", key->uses.codes, "Mails", "t", key->uses.mails);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int retire_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct retirement *call = userdata;
        const struct option options[] = {{"Keys", 's', &call->keys}};

        return options_read(request, message, options, ELEMENTS(options));
}

static int retire_run(struct op *op, void *userdata)
{
        struct retirement *call = userdata;

        return op_key_retire(op, call->keys, &call->retired);
}

static int retire_reply(void *userdata, sd_bus_message *reply)
{
        const struct retirement *call = userdata;

        return sd_bus_message_append(reply, "u", (uint32_t)call->retired.n);
}

static const struct method methods[] = {
        {"RotateKey", QUEUE_OTHER, false, sizeof(struct rotation), rotate_parse, rotate_run,
         rotate_reply, NULL},
        {"GetKeyStatus", QUEUE_OTHER, false, sizeof(struct key_views), no_options, status_run,
         status_reply, NULL},
        {"RetireKeys", QUEUE_OTHER, false, sizeof(struct retirement), retire_parse, retire_run,
         retire_reply, NULL},
};

int manager_on_sealing(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
