/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The status of a user, derived from facts, never stored (R18). */
#pragma once

#include <stdbool.h>

/* In the order of precedence. */
enum account_status {
        STATUS_DEACTIVATED,
        STATUS_ACTIVATION_SENT,
        STATUS_LOCKED_INACTIVITY,
        STATUS_LOCKED_ATTEMPTS,
        STATUS_PASSWORD_EXPIRED,
        STATUS_ACTIVE,
};

struct status_facts {
        bool deactivated;
        bool activated;
        bool idle;
        bool locked;
        bool password_expired;
};

enum account_status status_derive(const struct status_facts *facts);

/* "deactivated", "activation-sent", ...; NULL for a value that is none. */
const char *status_name(enum account_status status);

/* -EINVAL for an unknown name. */
int status_from_name(const char *name, enum account_status *ret_status);
