/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cmocka, with the headers that it wants before it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/clock.h"

/* Names the row of a table in which an assertion failed. */
#define ROW(name) print_message("[   row    ] %s\n", (name))
