/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Manager interface: creating and listing customers. */
#include "bo-accountd/bus/manager.h"
#include "bo-accountd/bus/request.h"
#include "bo-accountd/ops/customer.h"

#include <errno.h>

static int create_customer_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_new *call = userdata;
        const struct option options[] = {
                {"Id", 's', &call->id},
                {"Alias", 's', &call->alias},
                {"Type", 's', &call->type},
                {"Subscription", 's', &call->subscription},
        };
        int r = options_read(request, message, options, ELEMENTS(options));

        if (r == 0 && !call->id)
                r = op_refuse(&request->op, BO_ERR_BAD_OPTION, "Id is required.");
        if (!call->alias)
                call->alias = "";
        if (!call->type)
                call->type = "";
        return r;
}

static int create_customer_run(struct op *op, void *userdata)
{
        return op_customer_create(op, userdata);
}

static int create_customer_reply(void *userdata, sd_bus_message *reply)
{
        const struct customer_new *call = userdata;
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(BUS_ROOT "/customer", call->id, &path);

        return r < 0 ? r : sd_bus_message_append(reply, "o", path);
}

static int list_customers_parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct customer_list *call = userdata;
        int r = options_read(request, message, NULL, 0);

        if (r == 0)
                r = sd_bus_message_read(message, "su", &call->after, &call->limit) < 0 ? -EINVAL
                                                                                       : 0;
        if (r == 0 && call->after[0] && !name_is_customer_id(call->after))
                r = BO_ERR_BAD_CURSOR;
        return r == 0 ? limit_check(request, &call->limit) : r;
}

static int list_customers_run(struct op *op, void *call)
{
        return op_customer_list(op, call);
}

static int list_customers_reply(void *userdata, sd_bus_message *reply)
{
        const struct customer_list *call = userdata;
        int r = sd_bus_message_open_container(reply, 'a', "a{sv}");

        for (size_t i = 0; r >= 0 && i < call->n; i++) {
                const struct customer *customer = &call->customers[i];

                r = sd_bus_message_append(reply, "a{sv}", 4, "Id", "s", customer->id, "Alias", "s",
                                          customer->alias, "Created", "t", customer->created_usec,
                                          "Type", "s", customer->type);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r
                     : sd_bus_message_append(reply, "s",
                                             call->more ? call->customers[call->n - 1].id : "");
}

static void list_customers_clear(void *userdata)
{
        struct customer_list *call = userdata;

        free(call->customers);
}

static const struct method methods[] = {
        {"CreateCustomer", QUEUE_OTHER, false, sizeof(struct customer_new), create_customer_parse,
         create_customer_run, create_customer_reply, NULL},
        {"ListCustomers", QUEUE_OTHER, false, sizeof(struct customer_list), list_customers_parse,
         list_customers_run, list_customers_reply, list_customers_clear},
};

int manager_on_customers(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
