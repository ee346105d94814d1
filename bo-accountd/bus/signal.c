/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an operation left to be told, as signals of the Manager on the system bus. */
#include "bo-accountd/bus/approval.h"
#include "bo-accountd/bus/bus_private.h"
#include "bo-accountd/bus/request.h"

#include "common/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Waiting for a bus daemon that does not read; sd-bus would keep several 100,000. */
#define QUEUED_MOST 1024

static const char *const names[] = {
        [OP_USER_ADDED] = "UserAdded",
        [OP_USER_CHANGED] = "UserChanged",
        [OP_USER_STATUS_CHANGED] = "UserStatusChanged",
        [OP_LOGIN_FAILED] = "LoginFailed",
        [OP_LOGIN_SUCCEEDED] = "LoginSucceeded",
        [OP_SESSION_OPENED] = "SessionOpened",
        [OP_SESSION_CLOSED] = "SessionClosed",
        [OP_CUSTOMER_ADDED] = "CustomerAdded",
        [OP_CUSTOMER_CHANGED] = "CustomerChanged",
        [OP_LOCATION_ADDED] = "LocationAdded",
        [OP_LOCATION_CHANGED] = "LocationChanged",
        [OP_APPROVAL_REQUESTED] = "ApprovalRequested",
        [OP_APPROVAL_DECIDED] = "ApprovalDecided",
        [OP_DATABASE_OLDER] = "DatabaseOlder",
};

static int append_object(sd_bus_message *message, const char *kind, const char *id)
{
        _cleanup_(freep) char *path = NULL;
        int r = sd_bus_path_encode(kind, id, &path);

        return r < 0 ? r : sd_bus_message_append(message, "o", path);
}

static int append_user(sd_bus_message *message, const struct op_signal *signal)
{
        char path[64];

        path_of_user(path, signal->uid);
        return sd_bus_message_append(message, "o", path);
}

static int append_approval(sd_bus_message *message, const struct op_signal *signal)
{
        char path[64];

        path_of_approval(path, signal->id);
        return sd_bus_message_append(message, "o", path);
}

static int append(sd_bus_message *message, const struct op_signal *signal)
{
        int r;

        switch (signal->kind) {
        case OP_USER_ADDED:
                r = append_user(message, signal);
                return r < 0 ? r : sd_bus_message_append(message, "s", signal->user);
        case OP_USER_CHANGED:
                return append_user(message, signal);
        case OP_USER_STATUS_CHANGED:
        case OP_LOGIN_FAILED:
        case OP_LOGIN_SUCCEEDED:
                return sd_bus_message_append(message, "ssss", signal->user, signal->one,
                                             signal->two, signal->three);
        case OP_SESSION_OPENED:
        case OP_SESSION_CLOSED:
                return sd_bus_message_append(message, "tsss", signal->id, signal->user, signal->one,
                                             signal->two);
        case OP_CUSTOMER_ADDED:
        case OP_CUSTOMER_CHANGED:
                return append_object(message, BUS_ROOT "/customer", signal->one);
        case OP_LOCATION_ADDED:
        case OP_LOCATION_CHANGED:
                r = append_object(message, BUS_ROOT "/location", signal->two);
                return r < 0 ? r : append_object(message, BUS_ROOT "/customer", signal->one);
        case OP_DATABASE_OLDER:
                return sd_bus_message_append(message, "st", signal->one, signal->id);
        case OP_APPROVAL_REQUESTED:
                r = append_approval(message, signal);
                return r < 0 ? r : sd_bus_message_append(message, "ss", signal->one, signal->two);
        case OP_APPROVAL_DECIDED:
                r = append_approval(message, signal);
                return r < 0 ? r
                             : sd_bus_message_append(message, "sss", signal->one, signal->two,
                                                     signal->three);
        }
        return -EINVAL;
}

static int send_signal(sd_bus *bus, const struct op_signal *signal)
{
        sd_bus_message *message = NULL;
        int r = sd_bus_message_new_signal(bus, &message, BUS_ROOT, BUS_NAME ".Manager",
                                          names[signal->kind]);

        if (r >= 0)
                r = append(message, signal);
        if (r >= 0)
                r = sd_bus_send(bus, message, NULL);
        sd_bus_message_unref(message);
        return r;
}

/* Losing some is told when it begins, and when it has ended how many they were. */
static bool has_room(struct bus *bus)
{
        uint64_t queued = 0;
        char lost[24];

        if (sd_bus_get_n_queued_write(bus_system(bus), &queued) >= 0 && queued >= QUEUED_MOST) {
                if (bus->signals_lost++ == 0)
                        log_event(LOG_WARNING,
                                  &(struct log_event){.event = "signals-lost", .detail = "begins"},
                                  "The system bus takes no more signals; they are left out.");
                return false;
        }
        if (bus->signals_lost > 0) {
                snprintf(lost, sizeof(lost), "%" PRIu64, bus->signals_lost);
                bus->signals_lost = 0;
                log_event(LOG_WARNING, &(struct log_event){.event = "signals-lost", .detail = lost},
                          "The system bus takes signals again; %s were left out.", lost);
        }
        return true;
}

void bus_send_signals(struct bus *bus, const struct op *op)
{
        for (size_t i = 0; bus_system(bus) && i < op->n_signals; i++) {
                int r = has_room(bus) ? send_signal(bus_system(bus), &op->signals[i]) : 0;

                if (r < 0 && r != -ENOTCONN)
                        log_line(LOG_WARNING, "A signal could not be sent: %s.", strerror(-r));
        }
}

void bus_signal_reload(struct bus *bus)
{
        int r = bus_system(bus) && has_room(bus)
                        ? sd_bus_emit_signal(bus_system(bus), BUS_ROOT, BUS_NAME ".Manager",
                                             "SettingsReloaded", "")
                        : 0;

        if (r < 0 && r != -ENOTCONN)
                log_line(LOG_WARNING, "A signal could not be sent: %s.", strerror(-r));
}
