/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A snapshot file in the making: what snapshot.c, build.c and publish.c share. */
#pragma once

#include <sys/types.h>

#include "bo-accountd/nss/constant.h"
#include "bo-accountd/nss/snapshot.h"
#include "nss_bo/snapshot_format.h"

struct snapshot_writer {
        int dir_fd;                          /* of a delta: flocked, one at a time */
        char name[SNAPSHOT_BASE_NAME_BYTES]; /* of the file in the making when it is written out */
        int fd;                              /* the same before that, without a name */
        bool finished;
        bool published;               /* a base: a delta names it */
        struct snapshot_writer *base; /* of a delta: the new base that it publishes, or NULL */
        struct constant file;
        struct snapshot_header header;
        uint8_t *value; /* a record being put together */
        size_t value_room;
        /* Of the number keys, written last so that users lie densely: number, place (0: gone). */
        struct spill index;
        char **gone; /* written after all others: the same name may have a new owner */
        size_t n_gone, gone_room;
        size_t n_names;
};

/* build.c: the file, from its header to its filter */
int build_start(struct snapshot_writer *writer);
int build_name(struct snapshot_writer *writer, const char *name, const void *value, size_t n_bytes);
int build_index(struct snapshot_writer *writer, uint32_t id, uint64_t pos);
int build_gone(struct snapshot_writer *writer, const char *name);
int build_finish(struct snapshot_writer *writer);
void build_free(struct snapshot_writer *writer);

/* file.c */
int file_new(int dir_fd, const char *name, int *ret_fd);
int file_write(int fd, const void *bytes, size_t n);
int file_read(int fd, void *bytes, size_t n, off_t at);
/* Copies all of @from into a new file, down to the disk. */
int file_write_out(int from, int dir_fd, const char *name);

/* The name of a delta in the making. A base has its own from the begin: no delta names it. */
#define SNAPSHOT_NEW_NAME ".new"
