/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours, where a person looks: on a terminal, unless NO_COLOR or --color says otherwise. */
#pragma once

#include <stdio.h>

#include "boctl/boctl.h"

enum colour {
        COLOUR_NONE,
        COLOUR_BOLD,
        COLOUR_GOOD,
        COLOUR_DOUBTFUL,
        COLOUR_BAD,
};

/* Takes --color. EXIT_DONE, or told. Without a call: as with auto. */
int colour_begin(const struct request *request);

/* What begins the colour on @stream, and what ends every one; empty where there are none. */
const char *colour_on(FILE *stream, enum colour colour);
const char *colour_off(FILE *stream);

/* Of a word of bo that says how somebody or something is; COLOUR_NONE for others. */
enum colour colour_of_status(const char *word);
