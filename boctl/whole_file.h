/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is written whole or not at all: beside its place, then moved there. */
#pragma once

#include <stdio.h>

struct whole_file {
        FILE *stream; /* to be written to; errors are found by whole_file_commit() */
        const char *name;
        char *beside;
};

/* A file that is there is replaced only if it is a regular one (-EEXIST). 0 or a negative errno. */
int whole_file_begin(struct whole_file *file, const char *name);

/* It is on the disk and in its place, or the old one is untouched. 0 or a negative errno. */
int whole_file_commit(struct whole_file *file);

/* Takes away what was not committed; for _cleanup_() on a struct that starts as {0}. */
void whole_file_drop(struct whole_file *file);
