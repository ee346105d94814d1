/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What secondary users never get, whatever their roles grant (R85). */
#pragma once

#include <stdbool.h>

/* false for the account, its billing and its alias, and for seeing or managing users. */
bool secondary_may_hold(const char *permission);
