/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the snapshot of users and groups that the daemon publishes: for libnss_bo and pam_bo. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * No call allocates, locks, keeps a descriptor, or asks anyone. A snapshot that was opened may be
 * read by any number of threads and in a forked child. All results point into the mapped files and
 * are good until snapshot_close().
 */

struct snapshot_filter {
        uint32_t pos;
        uint32_t n_words;
};

struct snapshot_map {
        const uint8_t *bytes;
        uint32_t n_bytes;
        uint32_t records_end;
        struct snapshot_filter names;
        struct snapshot_filter ids;
};

/* Its members are private to snapshot_read.c; all zero means closed. */
struct snapshot {
        struct snapshot_map base;
        struct snapshot_map delta;
        uint32_t id_min;
        uint32_t id_max;
};

struct snapshot_record {
        const char *texts; /* name NUL password NUL, then gecos, home, shell, or the members */
        uint32_t texts_bytes;
        uint32_t name_bytes; /* without its NUL */
        uint32_t id;
        uint32_t home; /* offsets in texts */
        uint32_t shell;
        uint32_t n;          /* gids of a user, members of a group */
        const uint8_t *gids; /* unaligned, see snapshot_record_gid() */
        bool is_user;
};

/**
 * snapshot_open() - map what is published in a directory
 * @ret: written only on success; snapshot_close() it
 *
 * Return: 0; -ENOENT if nothing is there; -EBADMSG if it is damaged; other negative errno.
 */
int snapshot_open(struct snapshot *ret, const char *dir);

/* Takes a closed one, too. */
void snapshot_close(struct snapshot *snapshot);

/* Whether a newer snapshot is about to be or has been published. Costs one load from memory. */
bool snapshot_superseded(const struct snapshot *snapshot);

/* Whether getpwent and getgrent may list everybody. */
bool snapshot_enumerable(const struct snapshot *snapshot);

uint64_t snapshot_published_generation(const struct snapshot *snapshot);
uint64_t snapshot_published_base_generation(const struct snapshot *snapshot);
uint64_t snapshot_published_base_id(const struct snapshot *snapshot);

/**
 * snapshot_find_name() - a user or group by its name
 * @name: in any case; folded here as ASCII
 * @ret:  written only if 1 is returned
 *
 * Return: 1 found; 0 not bo's; -EBADMSG if the snapshot is damaged there.
 */
int snapshot_find_name(const struct snapshot *snapshot, const char *name,
                       struct snapshot_record *ret);

/* The same by uid or gid. */
int snapshot_find_id(const struct snapshot *snapshot, uint32_t id, struct snapshot_record *ret);

/* One of record->n supplementary groups of a user; (gid_t)-1 if a damaged file names a system
 * group. */
gid_t snapshot_record_gid(const struct snapshot_record *record, uint32_t index);

/**
 * snapshot_next() - walk over all users and groups, each once
 * @position: 0 at first; kept for the next call
 *
 * Return: 1 with a record; 0 at the end; -EBADMSG if the snapshot is damaged there.
 */
int snapshot_next(const struct snapshot *snapshot, uint64_t *position, struct snapshot_record *ret);
