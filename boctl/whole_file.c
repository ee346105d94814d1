/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is written whole or not at all: beside its place, then moved there. */
#include "boctl/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boctl/leftover.h"
#include "common/cleanup.h"

int stream_state(FILE *stream)
{
        if (!ferror(stream))
                return 0;
        return errno > 0 ? -errno : -EIO;
}

int stream_flush(FILE *stream)
{
        errno = 0;
        (void)fflush(stream); /* what fails shows below */
        return stream_state(stream);
}

int whole_file_begin(struct whole_file *file, const char *name, mode_t mode)
{
        _cleanup_(closep) int fd = -1;
        struct stat there;
        uint64_t random;

        /* Neither a device nor what a link points to: the new file would take the place of it. */
        if (lstat(name, &there) == 0 && !S_ISREG(there.st_mode))
                return -EEXIST;
        file->name = name;
        if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
                return -EIO;
        if (asprintf(&file->beside, "%s.%016" PRIx64, name, random) < 0) {
                file->beside = NULL;
                return -ENOMEM;
        }
        file->leftovers[0] = file->beside;
        leftover_begin(AT_FDCWD, file->leftovers);
        fd = open(file->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd < 0) {
                int r = -errno;

                leftover_keep();
                free(TAKE_PTR(file->beside)); /* nothing to take away */
                return r;
        }
        file->stream = fdopen(fd, "w");
        if (!file->stream)
                return -errno;
        fd = -1;
        return 0;
}

/* As well as the file system can: some know no fsync of a directory. */
static void sync_directory_of(const char *name)
{
        _cleanup_(freep) char *copy = strdup(name);
        _cleanup_(closep) int fd =
                copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

        if (fd >= 0)
                (void)fsync(fd); /* the file itself is on the disk, and in its place */
}

int whole_file_commit(struct whole_file *file)
{
        FILE *stream = TAKE_PTR(file->stream);
        int r = stream_flush(stream);

        if (r == 0 && fsync(fileno(stream)) < 0)
                r = -errno;
        if (fclose(stream) == EOF && r == 0)
                r = -errno;
        if (r == 0 && rename(file->beside, file->name) < 0)
                r = -errno;
        if (r < 0)
                return r;
        leftover_keep();
        free(TAKE_PTR(file->beside));
        sync_directory_of(file->name);
        return 0;
}

void whole_file_drop(struct whole_file *file)
{
        if (file->stream)
                (void)fclose(file->stream); /* it is thrown away */
        if (file->beside)
                (void)unlink(file->beside); /* a file that nobody asked for, no more */
        if (file->beside)
                leftover_keep();
        free(file->beside);
}
