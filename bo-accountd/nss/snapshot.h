/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Publishes the snapshot of users and groups that libnss_bo reads: a base file and a small delta.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

/*
 * A directory holds one published snapshot: `base-ID` with everything, and `delta` with the whole
 * current record of all that changed since that base was written. `delta` names its base, so the
 * one rename of `delta` publishes both, and no reader can pair a base with a strange delta.
 *
 * A change:  snapshot_delta_begin(), everything changed since the base, snapshot_commit().
 * A rewrite: snapshot_base_begin(), everything, snapshot_base_finish(), and then
 *            snapshot_delta_begin_on(), everything changed since, snapshot_commit().
 * The cost of a change grows with the delta alone, the cost of a rewrite with the users; but only
 * its last two calls keep changes waiting, which are published all the while before.
 *
 * One delta at a time in a directory: a second one gets -EBUSY. All calls block on the disk, none
 * touches global state. Names are ASCII; they are folded to lower case here, as every reader does.
 * User names and group names share one name space, uids and gids one number space, because each
 * user has a private group of the same name and number (served from the user; never add it).
 */

enum {
        SNAPSHOT_NAME_MAX = 254,   /* bytes in a user or group name */
        SNAPSHOT_TEXT_MAX = 4096,  /* bytes in gecos, home, shell each */
        SNAPSHOT_GIDS_MAX = 65535, /* supplementary groups of a user */
        SNAPSHOT_ID_MIN = 1000,    /* no uid or gid below is ever written or believed (root!) */
        SNAPSHOT_DELTA_MAX = 1024, /* advice: rewrite the base when more than that has changed */
};

enum snapshot_flags {
        SNAPSHOT_ENUMERATE = 1 << 0, /* getpwent and getgrent list everybody (`Enumerate=`) */
};

struct snapshot_writer;

struct snapshot_user {
        const char *name;     /* 1..SNAPSHOT_NAME_MAX bytes of printable ASCII, no ':' or '/' */
        const char *gecos;    /* NULL: empty; ':' and control characters are refused, as below */
        const char *home;     /* absolute */
        const char *shell;    /* absolute */
        uint32_t uid;         /* also the gid of the private group */
        const uint32_t *gids; /* supplementary groups, what initgroups answers */
        size_t n_gids;
};

struct snapshot_group {
        const char *name; /* as in struct snapshot_user */
        uint32_t gid;
        const char *const *members; /* leave empty for a large group: initgroups is authoritative */
        size_t n_members;
};

/**
 * snapshot_base_begin() - start a whole new snapshot
 * @ret:        the writer; free with snapshot_writer_free()
 * @dir:        existing directory, the writer owns it
 * @generation: caller's number of the state that is written, see snapshot_generation()
 * @flags:      enum snapshot_flags
 *
 * Readers see nothing before snapshot_commit(), and nobody waits: deltas can be published above
 * the former base until then. Of two bases in the making the one committed first wins.
 *
 * Return: 0; negative errno.
 */
int snapshot_base_begin(struct snapshot_writer **ret, const char *dir, uint64_t generation,
                        unsigned flags);

/* Brings all of the base to the disk, which takes a while; nothing can be added any more. 0 or
 * negative errno. */
int snapshot_base_finish(struct snapshot_writer *base);

/**
 * snapshot_delta_begin() - start a new delta above the published base
 *
 * As snapshot_base_begin(). The new delta replaces the published one, it does not add to it: it
 * holds all that changed since the base (snapshot_generation() tells the base's generation).
 *
 * Return: 0; -ENOENT or -EBADMSG if no sound base is published, write one; -EBUSY; other errno.
 */
int snapshot_delta_begin(struct snapshot_writer **ret, const char *dir, uint64_t generation,
                         unsigned flags);

/**
 * snapshot_delta_begin_on() - start the delta that is published with a new base
 * @base: finished; must outlive the delta
 *
 * As snapshot_delta_begin(), but with what changed since @base was begun. snapshot_commit() of the
 * delta publishes both in one step, so that nothing is undone that was published meanwhile.
 *
 * Return: 0; -EBUSY if another delta is in the making, or another base was published since @base
 * was begun; other negative errno.
 */
int snapshot_delta_begin_on(struct snapshot_writer **ret, struct snapshot_writer *base,
                            uint64_t generation, unsigned flags);

/**
 * snapshot_add_user() - add one user with everything known of it
 *
 * Return: 0; -EINVAL for a name, text or number that a reader would not believe (nothing is
 * added, the writer stays good); -EFBIG past 4 GiB; other negative errno (give up the writer).
 */
int snapshot_add_user(struct snapshot_writer *writer, const struct snapshot_user *user);

/* Adds one group; returns as snapshot_add_user(). */
int snapshot_add_group(struct snapshot_writer *writer, const struct snapshot_group *group);

/**
 * snapshot_add_gone() - in a delta: what the base has under this name or number is no more
 * @name: the old name of a user or group that was renamed or removed, or NULL
 * @id:   the number of a group that was removed, or 0
 *
 * A rename is the old name here plus the whole record under the new name.
 *
 * Return: 0; -EINVAL in a base or for a bad name; other negative errno.
 */
int snapshot_add_gone(struct snapshot_writer *writer, const char *name, uint32_t id);

/**
 * snapshot_commit() - publish what was added
 *
 * The data is on disk before any reader sees it. Readers that hold the former snapshot see its
 * mark at their next lookup and open this one. The writer can only be freed afterwards. A base,
 * finished or not, is published with an empty delta: right where nothing changes meanwhile.
 *
 * Return: 0; negative errno, then the former snapshot stays published.
 */
int snapshot_commit(struct snapshot_writer *writer);

/* Takes NULL; without snapshot_commit() leaves no trace in the directory. */
void snapshot_writer_free(struct snapshot_writer *writer);
DEFINE_CLEANUP(struct snapshot_writer *, snapshot_writer_free)

/**
 * snapshot_generation() - what is published
 * @ret_generation:      generation of the published state
 * @ret_base_generation: generation of its base: what changed later is what a delta must hold
 *
 * To be called at start, and while nothing is written: it also repairs what a writer killed in
 * the middle of snapshot_commit() left behind. Both results may be NULL.
 *
 * Return: 0; -ENOENT if nothing is published; -EBADMSG if it is damaged (write a new base);
 * other negative errno.
 */
int snapshot_generation(const char *dir, uint64_t *ret_generation, uint64_t *ret_base_generation);
