/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mark beside the database: written aside and renamed, sealed with the key. */
#include "bo-accountd/store/mark.h"

#include "bo-accountd/factor/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define MARK_TEXT_MOST 2048

const char *const mark_counter_names[MARK_COUNTERS] = {
        [MARK_UID] = "uid",         [MARK_GID] = "gid",           [MARK_MAIL] = "mail",
        [MARK_SESSION] = "session", [MARK_APPROVAL] = "approval", [MARK_NSS] = "nss-generation",
};

static int path_of(char out[PATH_MAX], const char *database, const char *ending)
{
        return snprintf(out, PATH_MAX, "%s%s", database, ending) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int read_file(const char *path, unsigned char *bytes, size_t room, size_t *ret_size)
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        size_t size = 0;
        ssize_t n = 1;

        if (fd < 0)
                return errno == ELOOP ? -EBADMSG : -errno; /* a link is none of ours */
        while (size < room && n > 0) {
                n = read(fd, bytes + size, room - size);
                if (n < 0)
                        return -errno;
                size += (size_t)n;
        }
        *ret_size = size;
        return 0;
}

static bool take_line(struct mark *mark, const char *line)
{
        char name[32], hex[2 * KEYED_HASH_BYTES + 1];
        int64_t number;

        if (sscanf(line, "audit %" SCNu64 " %64[0-9a-f]", &mark->sequence, hex) == 2)
                return sodium_hex2bin(mark->hash, sizeof(mark->hash), hex, strlen(hex), NULL, NULL,
                                      NULL) == 0;
        if (sscanf(line, "settled %" SCNd64, &mark->settled) == 1)
                return true;
        for (size_t i = 0; i < MARK_COUNTERS && sscanf(line, "%31s %" SCNd64, name, &number) == 2;
             i++)
                if (strcmp(name, mark_counter_names[i]) == 0)
                        mark->counters[i] = number;
        return true; /* what a later version may write as well is passed over */
}

static int parse(struct mark *mark, char *text)
{
        char *rest = NULL, *line = strtok_r(text, "\n", &rest);

        if (!line || strcmp(line, "mark 1") != 0)
                return -EBADMSG;
        while ((line = strtok_r(NULL, "\n", &rest)))
                if (!take_line(mark, line))
                        return -EBADMSG;
        return 0;
}

int mark_read(struct mark *ret_mark, const char *database, const struct keys *keys)
{
        _cleanup_(secret_freep) struct secret *text = NULL;
        unsigned char sealed[MARK_TEXT_MOST + SEAL_BYTES];
        struct mark mark = {.settled = -1};
        char path[PATH_MAX];
        size_t size = 0;
        int r = path_of(path, database, ".mark");

        if (r == 0)
                r = read_file(path, sealed, sizeof(sealed), &size);
        if (r == 0)
                r = seal_open(&text, sealed, size, SEAL_OWNER_MARK, keys);
        if (r == 0)
                r = parse(&mark, text->bytes);
        if (r == 0)
                *ret_mark = mark;
        return r;
}

static size_t print(char text[MARK_TEXT_MOST], const struct mark *mark)
{
        char hex[2 * KEYED_HASH_BYTES + 1];
        int n = snprintf(text, MARK_TEXT_MOST,
                         "mark 1\naudit %" PRIu64 " %s\nsettled %" PRId64 "\n", mark->sequence,
                         sodium_bin2hex(hex, sizeof(hex), mark->hash, sizeof(mark->hash)),
                         mark->settled);

        for (size_t i = 0; i < MARK_COUNTERS; i++)
                n += snprintf(text + n, MARK_TEXT_MOST - (size_t)n, "%s %" PRId64 "\n",
                              mark_counter_names[i], mark->counters[i]);
        return (size_t)n;
}

/* What somebody else has left there, such as a daemon that root began by hand, is not written to.
 */
static int write_file(const char *path, const unsigned char *bytes, size_t size)
{
        _cleanup_(closep) int fd = -1;
        ssize_t n;

        if (unlink(path) < 0 && errno != ENOENT)
                return -errno;
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        n = fd < 0 ? -1 : write(fd, bytes, size);
        if (n < 0)
                return -errno;
        if ((size_t)n < size)
                return -ENOSPC;
        return fsync(fd) < 0 ? -errno : 0;
}

/* The directory is not waited for: after a failure of the machine the mark before does as well. */
int mark_write(const struct mark *mark, const char *database, const struct keys *keys)
{
        char text[MARK_TEXT_MOST], path[PATH_MAX], aside[PATH_MAX];
        unsigned char sealed[MARK_TEXT_MOST + SEAL_BYTES];
        size_t size = print(text, mark);
        int r = path_of(path, database, ".mark");

        if (r == 0)
                r = path_of(aside, database, ".mark.new");
        if (r == 0)
                r = seal_close(sealed, text, size, SEAL_OWNER_MARK, keys);
        if (r == 0)
                r = write_file(aside, sealed, size + SEAL_BYTES);
        if (r < 0)
                return r;
        return rename(aside, path) < 0 ? -errno : 0;
}

bool mark_without_database(const char *database)
{
        char path[PATH_MAX];
        struct stat st;

        return lstat(database, &st) < 0 && errno == ENOENT &&
               path_of(path, database, ".mark") == 0 && lstat(path, &st) == 0;
}
