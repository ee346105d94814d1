/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of the daemons: long options alone, --version and --help among them. */
#pragma once

#include <stdbool.h>

#define OPTIONS_MOST 14

/* An option takes a value, or else it sets a flag. */
struct option_row {
        const char *name; /* NULL: the end of the table, which has OPTIONS_MOST rows at the most */
        const char **value;
        bool *flag;
};

/*
 * Takes the command line of @program apart. -1 to go on; else the exit code, for what was wrong is
 * told, or @usage or the version, which was asked for.
 */
int options_parse(const char *program, const char *usage, const struct option_row *rows, int argc,
                  char **argv);
