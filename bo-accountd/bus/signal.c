/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an operation left to be told, as signals of the Manager on the system bus. */
#include "bo-accountd/bus/request.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>

static int send_signal(sd_bus *bus, const struct op_signal *signal)
{
        char path[64];

        path_of_user(path, signal->uid);
        switch (signal->kind) {
        case OP_USER_ADDED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "UserAdded", "os",
                                          path, signal->user);
        case OP_USER_CHANGED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "UserChanged", "o",
                                          path);
        case OP_USER_STATUS_CHANGED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "UserStatusChanged",
                                          "ssss", signal->user, signal->one, signal->two,
                                          signal->three);
        case OP_LOGIN_FAILED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "LoginFailed", "ssss",
                                          signal->user, signal->one, signal->two, signal->three);
        case OP_LOGIN_SUCCEEDED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "LoginSucceeded",
                                          "ssss", signal->user, signal->one, signal->two,
                                          signal->three);
        case OP_SESSION_OPENED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "SessionOpened",
                                          "tsss", signal->id, signal->user, signal->one,
                                          signal->two);
        case OP_SESSION_CLOSED:
                return sd_bus_emit_signal(bus, BUS_ROOT, BUS_NAME ".Manager", "SessionClosed",
                                          "tsss", signal->id, signal->user, signal->one,
                                          signal->two);
        }
        return -EINVAL;
}

void bus_send_signals(struct bus *bus, const struct op *op)
{
        for (size_t i = 0; bus_system(bus) && i < op->n_signals; i++) {
                int r = send_signal(bus_system(bus), &op->signals[i]);

                if (r < 0 && r != -ENOTCONN)
                        log_line(LOG_WARNING, "A signal could not be sent: %s.", strerror(-r));
        }
}
