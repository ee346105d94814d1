/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The User interface: where a member may act (R26). */
#include "bo-accountd/bus/request.h"
#include "bo-accountd/bus/user.h"
#include "bo-accountd/ops/location.h"

#include <errno.h>

struct locations_call {
        struct user_locations locations;
        bool restricted, restricted_given;
};

static int parse(struct request *request, void *userdata, sd_bus_message *message)
{
        struct locations_call *call = userdata;
        const struct option options[] = {
                {"Restricted", 'b', &call->restricted, .given = &call->restricted_given}};
        int r = path_uid(sd_bus_message_get_path(message), &call->locations.uid);

        if (r == 0)
                r = sd_bus_message_read(message, "s", &call->locations.customer) < 0 ? -EINVAL : 0;
        if (r == 0)
                r = strings_read(request, message, call->locations.locations, LOCATIONS_MOST,
                                 &call->locations.n_locations);
        if (r == 0)
                r = options_read(request, message, options, ELEMENTS(options));
        call->locations.everywhere = call->restricted_given && !call->restricted;
        return r;
}

static int run(struct op *op, void *userdata)
{
        const struct locations_call *call = userdata;

        return op_user_set_locations(op, &call->locations);
}

static const struct method methods[] = {
        {"SetLocations", QUEUE_OTHER, false, sizeof(struct locations_call), parse, run, NULL, NULL},
};

int user_on_locations(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)error; /* refusals are sent with their own names */
        return request_dispatch(userdata, message, methods, ELEMENTS(methods));
}
