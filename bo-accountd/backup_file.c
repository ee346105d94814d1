/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a backup: written, and believed when all of it is as it was. */
#include "bo-accountd/backup_file.h"

#include "bo-accountd/factor/seal.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#define HASH_BYTES  crypto_generichash_BYTES
#define BLOCK_BYTES ((size_t)1 << 20)
#define TEXT_MOST   1024
#define SEALED_HEX  (2 * (HASH_BYTES + SEAL_BYTES) + 1)

static const char first_line[] = "\nbo backup 1\n";
static const char seal_word[] = "sealed ";

/* Over the first @size bytes of @fd, then @text. */
static int hash_of(unsigned char out[HASH_BYTES], int fd, uint64_t size, const char *text,
                   const struct backup_watch *watch)
{
        _cleanup_(freep) unsigned char *block = malloc(BLOCK_BYTES);
        crypto_generichash_state state;
        int r = 0;

        if (!block)
                return -ENOMEM;
        crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
        for (uint64_t at = 0; r == 0 && at < size;) {
                size_t wanted = size - at < BLOCK_BYTES ? (size_t)(size - at) : BLOCK_BYTES;
                ssize_t n = pread(fd, block, wanted, (off_t)at);

                if (n <= 0)
                        return n < 0 ? -errno : -EIO;
                crypto_generichash_update(&state, block, (unsigned long long)n);
                at += (uint64_t)n;
                r = watch->step(watch->userdata, at, size);
        }
        crypto_generichash_update(&state, (const unsigned char *)text, strlen(text));
        crypto_generichash_final(&state, out, HASH_BYTES);
        return r;
}

static void print(char text[TEXT_MOST], const struct backup_facts *facts)
{
        snprintf(text, TEXT_MOST,
                 "%sversion %s\nschema %" PRIu32 "\nmade %" PRIu64 "\naudit %" PRIu64
                 "\nbytes %" PRIu64 "\nkey %s\n",
                 first_line, facts->version, facts->schema, facts->made_usec, facts->sequence,
                 facts->bytes, facts->key);
}

int backup_close(int fd, struct backup_facts *facts, const struct keys *keys,
                 const struct backup_watch *watch)
{
        unsigned char hash[HASH_BYTES], sealed[HASH_BYTES + SEAL_BYTES];
        char end[BACKUP_END_BYTES + 1], text[TEXT_MOST], hex[SEALED_HEX];
        struct stat st;
        int n, r;

        if (fstat(fd, &st) < 0)
                return -errno;
        facts->bytes = (uint64_t)st.st_size;
        memcpy(facts->key, keys->id, sizeof(facts->key));
        print(text, facts);
        r = hash_of(hash, fd, facts->bytes, text, watch);
        if (r == 0)
                r = seal_close(sealed, hash, sizeof(hash), SEAL_OWNER_BACKUP, keys);
        if (r < 0)
                return r;
        sodium_bin2hex(hex, sizeof(hex), sealed, sizeof(sealed));
        memset(end, '\n', sizeof(end));
        n = snprintf(end, sizeof(end), "%s%s%s\n", text, seal_word, hex);
        end[n] = '\n';
        return pwrite(fd, end, BACKUP_END_BYTES, st.st_size) == BACKUP_END_BYTES ? 0 : -ENOSPC;
}

static int end_read(int fd, char end[BACKUP_END_BYTES + 1], uint64_t *ret_bytes)
{
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_size <= BACKUP_END_BYTES)
                return -ENODATA;
        *ret_bytes = (uint64_t)st.st_size - BACKUP_END_BYTES;
        if (pread(fd, end, BACKUP_END_BYTES, (off_t)*ret_bytes) != BACKUP_END_BYTES)
                return -EIO;
        end[BACKUP_END_BYTES] = '\0';
        return strncmp(end, first_line, strlen(first_line)) == 0 ? 0 : -ENODATA;
}

static int facts_read(const char *end, struct backup_facts *ret_facts)
{
        struct backup_facts facts = {0};

        if (sscanf(end,
                   "\nbo backup 1\nversion %31s\nschema %" SCNu32 "\nmade %" SCNu64
                   "\naudit %" SCNu64 "\nbytes %" SCNu64 "\nkey %16[0-9a-f]",
                   facts.version, &facts.schema, &facts.made_usec, &facts.sequence, &facts.bytes,
                   facts.key) < 5)
                return -ENODATA;
        *ret_facts = facts;
        return 0;
}

static int hash_read(unsigned char out[HASH_BYTES], const char *hex, const struct keys *keys)
{
        _cleanup_(secret_freep) struct secret *hash = NULL;
        unsigned char sealed[HASH_BYTES + SEAL_BYTES];
        size_t size = 0;
        int r = sodium_hex2bin(sealed, sizeof(sealed), hex, SEALED_HEX - 1, NULL, &size, NULL);

        if (r != 0 || size != sizeof(sealed))
                return -ENODATA;
        r = seal_open(&hash, sealed, sizeof(sealed), SEAL_OWNER_BACKUP, keys);
        if (r < 0)
                return r == -EBADMSG ? -ENOKEY : r;
        memcpy(out, hash->bytes, HASH_BYTES);
        return 0;
}

int backup_open(int fd, const struct keys *keys, const struct backup_watch *watch,
                struct backup_facts *ret_facts)
{
        unsigned char wanted[HASH_BYTES], found[HASH_BYTES];
        char end[BACKUP_END_BYTES + 1], *seal;
        struct backup_facts facts;
        uint64_t bytes = 0;
        int r = end_read(fd, end, &bytes);

        if (r == 0)
                r = facts_read(end, &facts);
        if (r < 0)
                return r;
        seal = strstr(end, seal_word);
        if (!seal || facts.bytes != bytes)
                return -ENODATA;
        r = hash_read(wanted, seal + strlen(seal_word), keys);
        seal[0] = '\0'; /* what stands before it is part of what was hashed */
        if (r == 0)
                r = hash_of(found, fd, bytes, end, watch);
        if (r == 0 && sodium_memcmp(wanted, found, HASH_BYTES) != 0)
                r = -EBADMSG;
        if (r == 0 && ftruncate(fd, (off_t)bytes) < 0)
                r = -errno;
        if (r == 0 || r == -ENOKEY)
                *ret_facts = facts;
        return r;
}
