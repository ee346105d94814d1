/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key file: a ring of keys, the newest last, read and replaced as a whole. */
#include "bo-accountd/factor/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pthread.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#define CHECK_BYTES 32

static const char magic[16] = "bo-key-ring-1\n";

#define RING_BYTES(n) (sizeof(magic) + (n) * sizeof(struct key_record) + CHECK_BYTES)

_Static_assert(sizeof(struct key_record) == 8 + KEY_ID_CHARS + 4 * KEY_BYTES, "no padding");

/* All of @size, or -EINVAL where the file ends before. */
static int read_all(int fd, char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t got = read(fd, bytes, size);

                if (got < 0 && errno != EINTR)
                        return -errno;
                if (got == 0)
                        return -EINVAL;
                if (got > 0) {
                        bytes += got;
                        size -= (size_t)got;
                }
        }
        return 0;
}

static int write_all(int fd, const char *bytes, size_t size)
{
        while (size > 0) {
                ssize_t put = write(fd, bytes, size);

                if (put < 0 && errno != EINTR)
                        return -errno;
                if (put > 0) {
                        bytes += put;
                        size -= (size_t)put;
                }
        }
        return 0;
}

static bool is_ring_size(off_t size)
{
        return size >= (off_t)RING_BYTES(1) && size <= (off_t)RING_BYTES(KEY_RECORDS_MOST) &&
               ((size_t)size - RING_BYTES(0)) % sizeof(struct key_record) == 0;
}

/* Damage is told before a key is used that is none: it would open nothing, and seal for ever. */
static void check_of(unsigned char out[CHECK_BYTES], const struct secret *file)
{
        /* Fails only for lengths out of its range. */
        crypto_generichash(out, CHECK_BYTES, (const unsigned char *)file->bytes,
                           file->size - CHECK_BYTES, NULL, 0);
}

static int ring_of_one(struct secret **ret_records, const struct secret *file)
{
        struct secret *records = secret_new(sizeof(struct key_record));
        struct key_record record = {.kind = KEY_IN_USE};

        if (!records)
                return -ENOMEM;
        memcpy(record.bytes[0], file->bytes, KEY_BYTES);
        memcpy(records->bytes, &record, sizeof(record));
        sodium_memzero(&record, sizeof(record));
        *ret_records = records;
        return 0;
}

static int ring_read(struct secret **ret_records, const struct secret *file)
{
        unsigned char check[CHECK_BYTES];
        struct secret *records;

        check_of(check, file);
        if (memcmp(file->bytes, magic, sizeof(magic)) != 0 ||
            memcmp(file->bytes + file->size - CHECK_BYTES, check, sizeof(check)) != 0)
                return -EINVAL;
        records = secret_copy(file->bytes + sizeof(magic), file->size - RING_BYTES(0));
        if (!records)
                return -ENOMEM;
        *ret_records = records;
        return 0;
}

int key_file_read(struct secret **ret_records, const char *path)
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        _cleanup_(secret_freep) struct secret *file = NULL;
        struct stat facts;

        if (fd < 0 || fstat(fd, &facts) < 0)
                return -errno;
        if (!S_ISREG(facts.st_mode) ||
            (facts.st_size != KEY_FILE_BYTES && !is_ring_size(facts.st_size)))
                return -EINVAL;
        if (facts.st_mode & (S_IRWXG | S_IRWXO))
                return -EPERM;

        file = secret_new((size_t)facts.st_size);
        if (!file)
                return -ENOMEM;

        int r = read_all(fd, file->bytes, file->size);

        if (r < 0)
                return r;
        return file->size == KEY_FILE_BYTES ? ring_of_one(ret_records, file)
                                            : ring_read(ret_records, file);
}

static int sync_directory_of(const char *path)
{
        _cleanup_(freep) char *copy = strdup(path);

        if (!copy)
                return -ENOMEM;

        _cleanup_(closep) int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* Whole on the disk under another name first: a key that was used must never be found half written.
 * Root, who adds a key by hand, leaves the file to whom it belongs (@like). */
static int write_aside(const char *temporary, const struct secret *file, const struct stat *like)
{
        _cleanup_(closep) int fd = -1;

        /* What was left half written may be open to others. */
        if (unlink(temporary) < 0 && errno != ENOENT)
                return -errno;
        fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        if (like && geteuid() == 0 && fchown(fd, like->st_uid, like->st_gid) < 0)
                return -errno;

        int r = write_all(fd, file->bytes, file->size);

        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : 0;
}

/* link(), not rename(): it does not replace a key that has appeared meanwhile. */
int key_file_create(const char *path)
{
        _cleanup_(secret_freep) struct secret *key = secret_new(KEY_FILE_BYTES);
        _cleanup_(freep) char *temporary = NULL;
        int r;

        if (!key || asprintf(&temporary, "%s.new", path) < 0)
                return -ENOMEM;
        randombytes_buf(key->bytes, key->size);
        r = write_aside(temporary, key, NULL);
        if (r == 0 && link(temporary, path) < 0)
                r = -errno;
        if (unlink(temporary) < 0 && r == 0)
                r = -errno;
        return r < 0 ? r : sync_directory_of(path);
}

static struct secret *ring_write(const struct key_record *records, size_t n)
{
        struct secret *file = secret_new(RING_BYTES(n));

        if (!file)
                return NULL;
        memcpy(file->bytes, magic, sizeof(magic));
        memcpy(file->bytes + sizeof(magic), records, n * sizeof(*records));
        check_of((unsigned char *)file->bytes + file->size - CHECK_BYTES, file);
        return file;
}

/* Where a link leads to, the new ring goes: the link would keep the old one in use elsewhere. */
static int publish(const char *name, const struct secret *file)
{
        _cleanup_(freep) char *path = realpath(name, NULL), *temporary = NULL;
        struct stat facts;
        int r;

        if (!path)
                return -errno;
        if (asprintf(&temporary, "%s.new", path) < 0)
                return -ENOMEM;
        if (stat(path, &facts) < 0)
                return -errno;
        r = write_aside(temporary, file, &facts);
        if (r == 0 && rename(temporary, path) < 0)
                r = -errno;
        if (r < 0) {
                (void)unlink(temporary); /* what is left of it is overwritten the next time */
                return r;
        }
        return sync_directory_of(path);
}

static int replace(const char *path, key_file_change *change, void *userdata)
{
        _cleanup_(secret_freep) struct secret *records = NULL, *wider = NULL, *file = NULL;
        size_t n;
        int r = key_file_read(&records, path);

        if (r < 0)
                return r;
        n = key_records(records);
        wider = secret_new((n + 1) * sizeof(struct key_record));
        if (!wider)
                return -ENOMEM;
        memcpy(wider->bytes, records->bytes, records->size);
        r = change(userdata, (struct key_record *)(void *)wider->bytes, &n);
        if (r < 0)
                return r;
        file = ring_write((const struct key_record *)(void *)wider->bytes, n);
        return file ? publish(path, file) : -ENOMEM;
}

int key_file_replace(const char *path, key_file_change *change, void *userdata)
{
        static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
        int r;

        pthread_mutex_lock(&turn);
        r = replace(path, change, userdata);
        pthread_mutex_unlock(&turn);
        return r;
}
