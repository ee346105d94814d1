/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The key file, and the keys derived from it, one for each purpose (libsodium crypto_kdf). */
#include "bo-accountd/factor/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

_Static_assert(KEY_FILE_BYTES == crypto_kdf_KEYBYTES, "the file holds one key of crypto_kdf");
_Static_assert(KEYED_HASH_BYTES == crypto_generichash_BYTES, "the usual length of BLAKE2b here");

/* Part of the stored format: a number is never given to another purpose. */
enum key_purpose {
        KEY_PEPPER = 1,
        KEY_TOKEN = 2,
        KEY_NAME = 3,
        KEY_SEAL = 4,
        KEY_AUDIT = 5,
        KEY_CURSOR = 6,
        KEY_RECOVERY = 7,
};

static const char key_context[crypto_kdf_CONTEXTBYTES] = {'b', 'o', '-', 'k', 'e', 'y', 's', '1'};

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

static int key_read(struct secret **ret_master, const char *path)
{
        _cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        _cleanup_(secret_freep) struct secret *master = NULL;
        struct stat facts;

        if (fd < 0 || fstat(fd, &facts) < 0)
                return -errno;
        if (!S_ISREG(facts.st_mode) || facts.st_size != KEY_FILE_BYTES)
                return -EINVAL;
        if (facts.st_mode & (S_IRWXG | S_IRWXO))
                return -EPERM;

        master = secret_new(KEY_FILE_BYTES);
        if (!master)
                return -ENOMEM;

        int r = read_all(fd, master->bytes, master->size);

        if (r < 0)
                return r;
        *ret_master = TAKE_PTR(master);
        return 0;
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
 */
static int key_write(const char *temporary, const struct secret *master)
{
        _cleanup_(closep) int fd =
                open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0)
                return -errno;

        int r = write_all(fd, master->bytes, master->size);

        if (r < 0)
                return r;
        return fsync(fd) < 0 ? -errno : 0;
}

/* link(), not rename(): it does not replace a key that has appeared meanwhile. */
static int key_publish(const char *path, const struct secret *master)
{
        _cleanup_(freep) char *temporary = NULL;

        if (asprintf(&temporary, "%s.new", path) < 0)
                return -ENOMEM;

        int r = key_write(temporary, master);

        if (r == 0 && link(temporary, path) < 0)
                r = -errno;
        if (unlink(temporary) < 0 && r == 0)
                r = -errno;
        return r < 0 ? r : sync_directory_of(path);
}

static int key_create(struct secret **ret_master, const char *path)
{
        _cleanup_(secret_freep) struct secret *master = secret_new(KEY_FILE_BYTES);

        if (!master)
                return -ENOMEM;
        randombytes_buf(master->bytes, master->size);

        int r = key_publish(path, master);

        if (r == -EEXIST)
                return key_read(ret_master, path);
        if (r < 0)
                return r;
        *ret_master = TAKE_PTR(master);
        return 0;
}

static int key_find(struct secret **ret_master, const char *credential_path, const char *path,
                    bool may_create)
{
        int r = credential_path ? key_read(ret_master, credential_path) : -ENOENT;

        if (r == -ENOENT)
                r = key_read(ret_master, path);
        if (r == -ENOENT)
                return may_create ? key_create(ret_master, path) : -ENOKEY;
        return r;
}

static struct secret *key_derive(const struct secret *master, enum key_purpose purpose)
{
        struct secret *key = secret_new(crypto_kdf_KEYBYTES);

        /* Fails only for a length out of its range. */
        if (key &&
            crypto_kdf_derive_from_key((unsigned char *)key->bytes, key->size, (uint64_t)purpose,
                                       key_context, (const unsigned char *)master->bytes) < 0)
                return secret_free(key);
        return key;
}

int keys_load(struct keys **ret_keys, const char *credential_path, const char *path,
              bool may_create)
{
        _cleanup_(secret_freep) struct secret *master = NULL;
        _cleanup_(keys_freep) struct keys *keys = NULL;
        int r = key_find(&master, credential_path, path, may_create);

        if (r < 0)
                return r;
        keys = calloc(1, sizeof(*keys));
        if (!keys)
                return -ENOMEM;
        keys->pepper = key_derive(master, KEY_PEPPER);
        keys->token = key_derive(master, KEY_TOKEN);
        keys->name = key_derive(master, KEY_NAME);
        keys->seal = key_derive(master, KEY_SEAL);
        keys->audit = key_derive(master, KEY_AUDIT);
        keys->cursor = key_derive(master, KEY_CURSOR);
        keys->recovery = key_derive(master, KEY_RECOVERY);
        if (!keys->pepper || !keys->token || !keys->name || !keys->seal || !keys->audit ||
            !keys->cursor || !keys->recovery)
                return -ENOMEM;
        *ret_keys = TAKE_PTR(keys);
        return 0;
}

struct keys *keys_free(struct keys *keys)
{
        if (!keys)
                return NULL;
        secret_free(keys->pepper);
        secret_free(keys->token);
        secret_free(keys->name);
        secret_free(keys->seal);
        secret_free(keys->audit);
        secret_free(keys->cursor);
        secret_free(keys->recovery);
        free(keys);
        return NULL;
}

void keys_hash(unsigned char out[KEYED_HASH_BYTES], const struct secret *key, const void *data,
               size_t size)
{
        /* Fails only for lengths out of its range; ours are constant. */
        crypto_generichash(out, KEYED_HASH_BYTES, data, size, (const unsigned char *)key->bytes,
                           key->size);
}
