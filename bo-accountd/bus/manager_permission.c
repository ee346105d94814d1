/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: roles, permissions, and who has which. */
#include "bo-accountd/bus/entry.h"
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/ops.h"
#include "common/text.h"

#include <errno.h>

/* The settings of the request live as long as it does. */
struct matrix_call {
        const struct settings *settings;
};

static int matrix_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct matrix_call *call = userdata;

        (void)message; /* no arguments */
        call->settings = request->op.settings;
        return 0;
}

static int matrix_run(struct op *op, void *call)
{
        (void)call; /* all is in the settings; only the right to see them is asked for */
        return op_read_shared(op);
}

static int append_role(sd_bus_message *reply, const struct role *role)
{
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(
                        reply, "{sv}{sv}{sv}{sv}", "Name", "s", role->name, "Description", "s",
                        role->description ? role->description : "", "SecondFactor", "b",
                        (int)role->second_factor, "Secondary", "b", (int)role->secondary);
        if (r >= 0)
                r = entry_append_strings(reply, "Permissions", role->permissions,
                                         role->n_permissions);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int list_roles_reply(void *userdata, sd_bus_message *reply)
{
        const struct matrix_call *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->settings->n_roles; i++)
                r = append_role(reply, &call->settings->roles[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int list_permissions_reply(void *userdata, sd_bus_message *reply)
{
        const struct matrix_call *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->settings->n_permissions; i++) {
                const struct permission *permission = &call->settings->permissions[i];

                r = sd_bus_message_append(reply, "a{sv}", 4, "Name", "s", permission->name,
                                          "Description", "s", permission->description,
                                          "SecondFactor", "b", (int)permission->second_factor,
                                          "ApprovedAddress", "b",
                                          (int)permission->approved_address);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Never resolved: a name in the place of an address is refused, not taken for another place. */
static int rhost_take(struct request *request, struct permission_check *call, const char *rhost)
{
        if (!rhost[0] || text_address(call->rhost, sizeof(call->rhost), rhost))
                return 0;
        return op_refuse(&request->op, BO_ERR_BAD_VALUE, "Rhost: a numeric address.");
}

static int check_permission_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct permission_check *call = userdata;
        const char *rhost = "";
        const struct option context[] = {
                {"Customer", 's', &call->customer}, {"Location", 's', &call->location},
                {"Service", 's', &call->service},   {"Rhost", 's', &rhost},
                {"Tty", 's', &call->tty},
        };
        int r = sd_bus_message_read(message, "ss", &call->user, &call->permission);

        call->customer = call->location = call->service = call->tty = "";
        if (r >= 0)
                r = options_read(request, message, context, ELEMENTS(context));
        return r == 0 ? rhost_take(request, call, rhost) : r;
}

static int check_permission_run(struct op *op, void *call)
{
        return op_permission_check(op, call);
}

static int check_permission_reply(void *userdata, sd_bus_message *reply)
{
        const struct permission_check *call = userdata;

        return sd_bus_message_append(reply, "bs", (int)call->allowed, call->reason);
}

static const struct method methods[] = {
        {"ListRoles", QUEUE_OTHER, false, sizeof(struct matrix_call), matrix_parse, matrix_run,
         list_roles_reply, NULL},
        {"ListPermissions", QUEUE_OTHER, false, sizeof(struct matrix_call), matrix_parse,
         matrix_run, list_permissions_reply, NULL},
        {"CheckPermission", QUEUE_OTHER, false, sizeof(struct permission_check),
         check_permission_parse, check_permission_run, check_permission_reply, NULL},
};

int manager_on_permission(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
