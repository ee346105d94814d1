/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Another program, run for what it says. */
#pragma once

#include <stddef.h>

#define PROGRAM_NOT_RUN (-1)

/*
 * Runs @argv, argv[0] a path, without input and with an environment of its own, for at most ten
 * seconds. @out: what it wrote to both outputs, as much as has room. Its exit code, or
 * PROGRAM_NOT_RUN: it could not be run, was killed or took too long.
 */
int program_run(char *const argv[], char *out, size_t size);
