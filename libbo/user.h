/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of a user, which the User interface and the lists of the Manager share. */
#pragma once

#include "libbo/record.h"

extern const struct record user_record;
