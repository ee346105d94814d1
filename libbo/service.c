/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon itself: its version and condition, and its clock. */
#include <errno.h>

#include "libbo/internal.h"
#include "libbo/record.h"

struct service {
        char *version;
        char *state;
};

static const struct field service_fields[] = {
        {"Version", FIELD_STRING, offsetof(struct service, version), 0},
        {"State", FIELD_STRING, offsetof(struct service, state), 0},
};

static const struct record service_record = {service_fields, ELEMENTS(service_fields),
                                             sizeof(struct service)};

int bo_service_info(bo *client, char **ret_version, char **ret_state)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        struct service service = {0};
        int r = call_new(client, &call, BO_PATH, BO_PROPERTIES, "GetAll", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "s", BO_MANAGER);
        if (r >= 0)
                r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = record_read(reply, &service_record, &service);
        if (r >= 0 && (!service.version || !service.state))
                r = -EBADMSG;
        if (r >= 0) {
                *ret_version = TAKE_PTR(service.version);
                *ret_state = TAKE_PTR(service.state);
        }
        record_clear(&service_record, &service);
        return r;
}

int bo_database_accept(bo *client)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "AcceptDatabase", false);

        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}

int bo_clock_accept(bo *client)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = call_new(client, &call, BO_PATH, BO_MANAGER, "AcceptClock", false);

        return r < 0 ? r : call_send_options(client, call, NULL, NULL, NULL);
}
