/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a restore beside the database. The daemon owns the directory and is not trusted:
 * root follows no link there, and writes into nothing that it has not made itself. */
#include "boctl/restore_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "boctl/leftover.h"
#include "boctl/progress.h"
#include "common/cleanup.h"
#include "common/text.h"

#define DIRECTORY    "/var/lib/bo-accountd"
#define INCOMING     "accounts.db.incoming"
#define VERDICT      "accounts.db.verdict"
#define CHECKED      "accounts.db.checked"
#define WANTED       "accounts.db.restore"
#define VERDICT_MOST (64 * 1024)
#define LEFT_BYTES   ((uint64_t)20 << 20)

/* Each as large as the database, or of no use without the others. */
static const char *const passing[] = {
        INCOMING, INCOMING "-journal", INCOMING "-wal", INCOMING "-shm", CHECKED, VERDICT, NULL};

int restore_place_open(struct restore_place *place)
{
        struct stat st;
        int fd = open(DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

        if (fd < 0)
                return -errno;
        /* Two at once would put each other's copies in place. The lock goes with the process. */
        if (fstat(fd, &st) < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
                int error = -errno;

                close(fd);
                return error;
        }
        *place = (struct restore_place){.fd = fd, .uid = st.st_uid, .gid = st.st_gid};
        return 0;
}

void restore_place_close(struct restore_place *place)
{
        closep(&place->fd);
}

/* Who logs in writes to the same disk, and root could take the last of it. */
static int has_room(int to, uint64_t bytes)
{
        struct statvfs disk;

        if (fstatvfs(to, &disk) < 0)
                return -errno;
        return (uint64_t)disk.f_bavail * disk.f_frsize < bytes + LEFT_BYTES ? -ENOSPC : 0;
}

/* @size: what is known of it; a pipe does not say. */
static int copy(int from, int to, uint64_t size)
{
        _cleanup_(freep) char *block = malloc((size_t)1 << 20);
        _cleanup_(progress_end) struct progress progress;
        uint64_t done = 0;
        ssize_t n = 1;
        int r = has_room(to, size);

        progress_begin(&progress, "reading", PROGRESS_BYTES, size, false);
        if (!block)
                return -ENOMEM;
        while (r == 0 && n > 0) {
                n = read(from, block, (size_t)1 << 20);
                for (ssize_t at = 0, put; n > 0 && at < n; at += put) {
                        put = write(to, block + at, (size_t)(n - at));
                        if (put < 0 && errno != EINTR)
                                return -errno;
                        if (put < 0)
                                put = 0;
                }
                done += n > 0 ? (uint64_t)n : 0;
                progress_at(&progress, done);
                if (n > 0)
                        r = has_room(to, size > done ? size - done : 0);
        }
        return n < 0 ? -errno : r;
}

int restore_place_put(const struct restore_place *place, int from, uint64_t size)
{
        _cleanup_(closep) int to = -1;
        int r;

        restore_place_clear(place);
        leftover_begin(place->fd, passing); /* the disk is that of the logins */
        to = openat(place->fd, INCOMING, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                    0600);
        if (to < 0)
                return -errno;
        r = copy(from, to, size);
        if (r == 0 && (fchown(to, place->uid, place->gid) < 0 || fsync(to) < 0))
                r = -errno;
        return r;
}

char *restore_place_verdict(const struct restore_place *place)
{
        _cleanup_(closep) int fd =
                openat(place->fd, VERDICT, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        _cleanup_(freep) char *text = calloc(1, VERDICT_MOST), *clean = malloc(VERDICT_MOST);
        ssize_t n = fd >= 0 && text ? read(fd, text, VERDICT_MOST - 1) : -1;

        if (n <= 0 || !clean)
                return NULL;
        text_clean(clean, VERDICT_MOST, text, true);
        return TAKE_PTR(clean);
}

int restore_place_want(const struct restore_place *place)
{
        leftover_keep(); /* it is wanted whatever becomes of boctl */
        if (renameat(place->fd, CHECKED, place->fd, WANTED) < 0 || fsync(place->fd) < 0)
                return -errno;
        return 0;
}

int restore_place_done(const struct restore_place *place)
{
        struct stat st;

        return fstatat(place->fd, WANTED, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT
                       ? 0
                       : -EINPROGRESS;
}

/* What is not there need not go. */
void restore_place_clear(const struct restore_place *place)
{
        for (size_t i = 0; passing[i]; i++)
                (void)unlinkat(place->fd, passing[i], 0);
}
