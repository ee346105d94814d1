/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times for people. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define WHEN_SIZE 40

/* Local time as 2026-01-31T12:00:00+01:00 (ISO 8601); "never" for 0. */
void when(char *out, size_t size, uint64_t time_usec);
