/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: the verifier, for programs that are shown a key and do not use PAM. */
#include "bo-accountd/bus/entry.h"
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/metrics.h"
#include "bo-accountd/ops/key_verify.h"
#include "common/text.h"

#include <string.h>

static int arguments_check(struct request *request, struct key_verify *call, const char *address)
{
        if (!service_is_name(call->service))
                return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                 "service: the name of a section [Service NAME].");
        /* Never resolved; one that is not a number is nowhere, not somewhere unknown. */
        if (address[0] && !text_address(call->rhost, sizeof(call->rhost), address))
                return op_refuse(&request->op, BO_ERR_BAD_VALUE,
                                 "address: this is no numeric address, as 192.0.2.7.");
        return 0;
}

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct key_verify *call = userdata;
        const char *address = "";
        const struct option options[] = {{"Permission", 's', &call->permission}};
        int r = secret_read(request, message, BO_ANSWER_MAX, &call->key);

        call->permission = "";
        if (r == 0)
                r = sd_bus_message_read(message, "ss", &call->service, &address);
        if (r < 0 || !call->service)
                return r;
        r = options_read(request, message, options, ELEMENTS(options));
        return r == 0 ? arguments_check(request, call, address) : r;
}

static int run(struct op *op, void *call)
{
        int r = op_key_verify(op, call);

        metrics_key(r);
        return r;
}

static int append_text(sd_bus_message *reply, const char *key, const char *value)
{
        return sd_bus_message_append(reply, "{sv}", key, "s", value);
}

static int append_roles(sd_bus_message *reply, const struct holding *holding)
{
        int r = entry_open(reply, "Roles", "as");

        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < holding->n_rows; i++) {
                const struct member_role *row = &holding->rows[i];

                if (row->active && row->role[0] && strcmp(row->customer, holding->customer) == 0)
                        r = sd_bus_message_append(reply, "s", row->role);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : entry_close(reply);
}

static int reply(void *userdata, sd_bus_message *message)
{
        const struct key_verify *call = userdata;
        int r = sd_bus_message_open_container(message, 'a', "{sv}");

        if (r >= 0)
                r = append_text(message, "Username", call->account.name);
        if (r >= 0)
                r = sd_bus_message_append(message, "{sv}", "Uid", "u", call->account.uid);
        if (r >= 0)
                r = append_text(message, "Kind", call->account.is_api ? "api" : "adm");
        if (r >= 0)
                r = append_text(message, "Customer", call->customer.id);
        if (r >= 0)
                r = append_text(message, "CustomerAlias", call->customer.alias);
        if (r >= 0)
                r = append_text(message, "KeyPrefix", call->prefix);
        if (r >= 0)
                r = append_roles(message, &call->holding);
        if (r >= 0)
                r = entry_append_strings(message, "Permissions", call->holding.permissions,
                                         call->holding.n);
        return r < 0 ? r : sd_bus_message_close_container(message);
}

static void clear(void *call)
{
        key_verify_clear(call);
}

static const struct method methods[] = {
        {"VerifyKey", QUEUE_OTHER, true, sizeof(struct key_verify), parse, run, reply, clear},
};

int manager_on_key(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
