/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's directory, as root sees it for a restore. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* 0 or a negative errno, for all. */
struct restore_place {
        int fd; /* the directory; -1: none */
        uid_t uid;
        gid_t gid; /* of the daemon */
};

int restore_place_open(struct restore_place *place);
void restore_place_close(struct restore_place *place);

/* Copies @from to where the daemon looks at it, for its eyes alone. Until it is wanted, it goes
 * when boctl is broken off. */
int restore_place_put(const struct restore_place *place, int from, uint64_t size);

/* What the daemon said of it: NULL, or a text of lines that the caller frees, clean for a terminal.
 */
char *restore_place_verdict(const struct restore_place *place);

/* It is wanted: the next start of the daemon puts it in place. */
int restore_place_want(const struct restore_place *place);

/* Was it put in place? */
int restore_place_done(const struct restore_place *place);

/* It is not wanted. */
void restore_place_clear(const struct restore_place *place);
