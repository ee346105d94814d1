/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a user's row, in their order. */
#pragma once

#include "bo-accountd/ops/bulk_member.h"

#define BULK_FORMER_MOST 64

enum {
        BULK_USER_NAME,
        BULK_USER_KIND,
        BULK_USER_GENERATED,
        BULK_USER_FULL_NAME,
        BULK_USER_UID,
        BULK_USER_HOME,
        BULK_USER_SHELL,
        BULK_USER_DISABLED,
        BULK_USER_DISABLED_REASON,
        BULK_USER_MEMBERSHIPS,
        BULK_USER_FORMER_NAMES,
};
