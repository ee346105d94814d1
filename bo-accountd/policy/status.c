/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status of a user, derived from facts, never stored (R18). */
#include "bo-accountd/policy/status.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const char *const status_names[] = {
        [STATUS_DEACTIVATED] = "deactivated",
        [STATUS_ACTIVATION_SENT] = "activation-sent",
        [STATUS_LOCKED_INACTIVITY] = "locked-inactivity",
        [STATUS_LOCKED_ATTEMPTS] = "locked-attempts",
        [STATUS_PASSWORD_EXPIRED] = "password-expired",
        [STATUS_ACTIVE] = "active",
};

enum account_status status_derive(const struct status_facts *facts)
{
        if (facts->deactivated)
                return STATUS_DEACTIVATED;
        if (!facts->activated)
                return STATUS_ACTIVATION_SENT;
        if (facts->idle)
                return STATUS_LOCKED_INACTIVITY;
        if (facts->locked)
                return STATUS_LOCKED_ATTEMPTS;
        return facts->password_expired ? STATUS_PASSWORD_EXPIRED : STATUS_ACTIVE;
}

const char *status_name(enum account_status status)
{
        size_t index = (size_t)status;

        return index < sizeof(status_names) / sizeof(status_names[0]) ? status_names[index] : NULL;
}

int status_from_name(const char *name, enum account_status *ret_status)
{
        for (enum account_status status = STATUS_DEACTIVATED; status <= STATUS_ACTIVE; status++)
                if (strcmp(name, status_names[status]) == 0) {
                        *ret_status = status;
                        return 0;
                }
        return -EINVAL;
}
