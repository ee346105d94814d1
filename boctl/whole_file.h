/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is written whole or not at all: beside its place, then moved there. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

struct whole_file {
        FILE *stream; /* to be written to; errors are found by whole_file_commit() */
        const char *name;
        char *beside;
        const char *leftovers[2]; /* beside, if boctl is broken off */
};

/* Who may read it, as open(2) takes it: from the first moment on. */
#define WHOLE_FILE_PRIVATE 0600
#define WHOLE_FILE_PUBLIC  0666

/* What went wrong with what was written to @stream, where errno was 0 before: 0 or a negative
 * errno.
 */
int stream_state(FILE *stream);
/* Also of what was not written yet. */
int stream_flush(FILE *stream);

/* A file that is there is replaced only if it is a regular one (-EEXIST). 0 or a negative errno. */
int whole_file_begin(struct whole_file *file, const char *name, mode_t mode);

/* It is on the disk and in its place, or the old one is untouched. 0 or a negative errno. */
int whole_file_commit(struct whole_file *file);

/* Takes away what was not committed; for _cleanup_() on a struct that starts as {0} and does not
 * move. */
void whole_file_drop(struct whole_file *file);
