/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What secondary users never get, whatever their roles grant (R85). */
#include "bo-accountd/policy/secondary.h"

#include <string.h>

bool secondary_may_hold(const char *permission)
{
        return strncmp(permission, "account.", 8) != 0 && strncmp(permission, "users.", 6) != 0 &&
               strcmp(permission, "customer.alias") != 0;
}
