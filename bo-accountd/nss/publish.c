/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts a finished snapshot in the place of the former one, so that a crash at any step harms none.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "bo-accountd/nss/writer.h"
#include "nss_bo/snapshot_read.h"

/*
 * The order, and what a crash after each step leaves:
 *   1. a new base is built and synced, locking   a stray base, removed by the next base, or by
 *      nobody out                                snapshot_generation() at the next start
 *   2. the new delta is built and synced         a stray .new, removed by the next delta
 *   3. the former delta is marked as superseded  readers open it anew for each lookup: slow, right
 *   4. the new delta is renamed over it          readers go over to it, and to its base
 *   5. a former base is removed                  a stray base, as above
 * The mark comes first, because after the rename nobody would find the former file any more to mark
 * it, and long-lived readers would keep it for ever. snapshot_generation() takes a left mark away.
 */

static void snapshot_closep(struct snapshot *snapshot)
{
        snapshot_close(snapshot);
}

static int open_dir(int *ret_fd, int at, const char *dir, bool lock)
{
        _cleanup_(closep) int fd = -1;

        fd = openat(at, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        if (lock && flock(fd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

static void base_name(char name[SNAPSHOT_BASE_NAME_BYTES], uint64_t id)
{
        (void)snprintf(name, SNAPSHOT_BASE_NAME_BYTES, "base-%016llx", /* fits by its length */
                       (unsigned long long)id);
}

static int writer_new(struct snapshot_writer **ret, int *dir_fd,
                      const struct snapshot_header *header)
{
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *writer = NULL;
        int r;

        writer = calloc(1, sizeof(*writer));
        if (!writer)
                return -ENOMEM;
        writer->fd = writer->index.fd = writer->file.keys.fd = -1;
        writer->dir_fd = TAKE_FD(*dir_fd);
        writer->header = *header;
        memcpy(writer->header.magic, SNAPSHOT_MAGIC, sizeof(writer->header.magic));
        writer->header.id_min = UINT32_MAX;
        if (header->kind == SNAPSHOT_KIND_BASE)
                base_name(writer->name, header->base_id);
        else
                memcpy(writer->name, SNAPSHOT_NEW_NAME, sizeof(SNAPSHOT_NEW_NAME));
        r = build_start(writer);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(writer);
        return 0;
}

int snapshot_base_begin(struct snapshot_writer **ret, const char *dir, uint64_t generation,
                        unsigned flags)
{
        struct snapshot_header header = {
                .kind = SNAPSHOT_KIND_BASE, .flags = (uint8_t)flags, .generation = generation};
        _cleanup_(closep) int dir_fd = -1;
        int r;

        /* by chance, not by the generation: that one may come again after a restored backup */
        if (getrandom(&header.base_id, sizeof(header.base_id), 0) < 0)
                return -errno;
        r = open_dir(&dir_fd, AT_FDCWD, dir, false);
        return r < 0 ? r : writer_new(ret, &dir_fd, &header);
}

/* Its name must be on disk before a delta has it. */
int snapshot_base_finish(struct snapshot_writer *base)
{
        int r;

        r = build_finish(base);
        if (r == 0 && fsync(base->dir_fd) < 0)
                r = -errno;
        base->finished = r == 0;
        return r;
}

int snapshot_delta_begin(struct snapshot_writer **ret, const char *dir, uint64_t generation,
                         unsigned flags)
{
        struct snapshot_header header = {
                .kind = SNAPSHOT_KIND_DELTA, .flags = (uint8_t)flags, .generation = generation};
        _cleanup_(snapshot_closep) struct snapshot published = {};
        _cleanup_(closep) int dir_fd = -1;
        int r;

        r = open_dir(&dir_fd, AT_FDCWD, dir, true);
        if (r < 0)
                return r;
        r = snapshot_open(&published, dir);
        if (r < 0)
                return r;
        header.base_id = snapshot_published_base_id(&published);
        return writer_new(ret, &dir_fd, &header);
}

/* From the lock on nobody else can publish, so a base that is still there stays. */
int snapshot_delta_begin_on(struct snapshot_writer **ret, struct snapshot_writer *base,
                            uint64_t generation, unsigned flags)
{
        struct snapshot_header header = {.kind = SNAPSHOT_KIND_DELTA,
                                         .flags = (uint8_t)flags,
                                         .generation = generation,
                                         .base_id = base->header.base_id};
        _cleanup_(closep) int dir_fd = -1;
        int r;

        if (!base->finished)
                return -EINVAL;
        r = open_dir(&dir_fd, base->dir_fd, ".", true);
        if (r < 0)
                return r;
        if (faccessat(dir_fd, base->name, F_OK, 0) < 0)
                return errno == ENOENT ? -EBUSY : -errno; /* swept away by the one that won */
        r = writer_new(ret, &dir_fd, &header);
        if (r == 0)
                (*ret)->base = base;
        return r;
}

/* Sets or takes away the mark of the published delta. None there, or a stump: nobody to tell. */
static int mark(int dir_fd, uint8_t superseded)
{
        off_t at = SNAPSHOT_HEADER_POS + (off_t)offsetof(struct snapshot_header, superseded);
        _cleanup_(closep) int fd = -1;
        struct stat st;
        ssize_t n;

        fd = openat(dir_fd, SNAPSHOT_DELTA_NAME, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_size <= at)
                return 0;
        n = pwrite(fd, &superseded, 1, at);
        if (n != 1)
                return n < 0 ? -errno : -EIO;
        return 0;
}

/* Removes what no delta names, under the lock. A reader that comes too late for it sees the mark
 * and tries anew. */
static int sweep(int dir_fd, uint64_t base_id)
{
        _cleanup_(closedirp) DIR *dir = NULL;
        char keep[SNAPSHOT_BASE_NAME_BYTES];
        const struct dirent *entry;
        int fd;

        base_name(keep, base_id);
        fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        dir = fdopendir(fd);
        if (!dir) {
                close(fd);
                return -ENOMEM;
        }
        while ((entry = readdir(dir)))
                if ((strncmp(entry->d_name, "base-", 5) == 0 && strcmp(entry->d_name, keep) != 0) ||
                    strcmp(entry->d_name, SNAPSHOT_NEW_NAME) == 0)
                        if (unlinkat(dir_fd, entry->d_name, 0) < 0)
                                return -errno;
        return 0;
}

/* The delta's name must be on disk before the base goes that the former delta on disk names. */
static void retire_former_base(struct snapshot_writer *delta)
{
        delta->base->published = true;
        if (fsync(delta->dir_fd) == 0)
                (void)sweep(delta->dir_fd, delta->header.base_id); /* else the next base does */
}

/*
 * The directory is not synced for each change: should a power cut undo the rename, the store still
 * has the newer generation, and the daemon writes the delta again when it starts.
 */
static int commit_delta(struct snapshot_writer *writer)
{
        int r;

        r = build_finish(writer);
        if (r == 0)
                r = mark(writer->dir_fd, 1);
        if (r < 0)
                return r;
        if (renameat(writer->dir_fd, SNAPSHOT_NEW_NAME, writer->dir_fd, SNAPSHOT_DELTA_NAME) < 0) {
                r = -errno;
                (void)mark(writer->dir_fd, 0); /* if that fails too, readers are slow, not wrong */
                return r;
        }
        if (writer->base)
                retire_former_base(writer);
        return 0;
}

/* By the empty delta that names it. */
static int commit_base(struct snapshot_writer *writer)
{
        _cleanup_(snapshot_writer_freep) struct snapshot_writer *delta = NULL;
        int r = 0;

        if (!writer->finished)
                r = snapshot_base_finish(writer);
        if (r == 0)
                r = snapshot_delta_begin_on(&delta, writer, writer->header.generation,
                                            writer->header.flags);
        return r < 0 ? r : commit_delta(delta);
}

int snapshot_commit(struct snapshot_writer *writer)
{
        if (writer->header.kind == SNAPSHOT_KIND_BASE)
                return commit_base(writer);
        return commit_delta(writer);
}

/* After a commit the name of a delta in the making is gone, and nothing is left to remove. */
void snapshot_writer_free(struct snapshot_writer *writer)
{
        if (!writer)
                return;
        if (writer->fd >= 0 && !writer->published)
                (void)unlinkat(writer->dir_fd, writer->name, 0); /* see above */
        build_free(writer);
        closep(&writer->dir_fd);
        free(writer);
}

int snapshot_generation(const char *dir, uint64_t *ret_generation, uint64_t *ret_base_generation)
{
        _cleanup_(snapshot_closep) struct snapshot published = {};
        _cleanup_(closep) int dir_fd = -1;
        int r;

        r = open_dir(&dir_fd, AT_FDCWD, dir, true);
        if (r < 0)
                return r;
        r = snapshot_open(&published, dir);
        if (r < 0)
                return r;
        /* left by a crash between mark and rename: what is published is the newest there is */
        if (snapshot_superseded(&published))
                r = mark(dir_fd, 0);
        if (r == 0)
                r = sweep(dir_fd, snapshot_published_base_id(&published));
        if (r < 0)
                return r;
        if (ret_generation)
                *ret_generation = snapshot_published_generation(&published);
        if (ret_base_generation)
                *ret_base_generation = snapshot_published_base_generation(&published);
        return 0;
}
