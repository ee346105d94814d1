/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A constant database in the making, cdb(5): its memory does not grow with the number of its keys.
 * (libcdb keeps eight bytes of each, and lists of them.)
 */
#include "bo-accountd/nss/constant.h"

#include <errno.h>
#include <unistd.h>

#include "bo-accountd/nss/writer.h"

enum {
        BUFFER_BYTES = 64 << 10,
        PASS_TABLES = 16, /* made in one reading of the keys */
};

static int flush(struct constant *constant)
{
        int r = file_write(constant->fd, constant->buffer, constant->used);

        constant->used = 0;
        return r;
}

int constant_bytes(struct constant *constant, const void *bytes, size_t n_bytes)
{
        const uint8_t *from = bytes;
        int r = 0;

        constant->pos += n_bytes;
        while (r == 0 && n_bytes > 0) {
                size_t room = BUFFER_BYTES - constant->used, n = n_bytes < room ? n_bytes : room;

                memcpy(constant->buffer + constant->used, from, n);
                constant->used += n;
                from += n;
                n_bytes -= n;
                if (constant->used == BUFFER_BYTES)
                        r = flush(constant);
        }
        return r;
}

static int put_pair(struct constant *constant, uint32_t one, uint32_t other)
{
        uint32_t pair[] = {htole32(one), htole32(other)};

        return constant_bytes(constant, pair, sizeof(pair));
}

int constant_begin(struct constant *constant, int fd, int dir_fd, const char *name)
{
        static const uint8_t toc[SNAPSHOT_TOC_BYTES];

        *constant = (struct constant){.fd = fd, .dir_fd = dir_fd, .name = name, .keys.fd = -1};
        constant->buffer = malloc(BUFFER_BYTES);
        return constant->buffer ? constant_bytes(constant, toc, sizeof(toc)) : -ENOMEM;
}

int constant_record(struct constant *constant, const void *key, size_t key_bytes, size_t n_bytes)
{
        struct spill_pair pair = {snapshot_hash(key, (uint32_t)key_bytes), (uint32_t)constant->pos};
        int r = spill_add(&constant->keys, constant->dir_fd, constant->name, pair);

        if (r == 0)
                r = put_pair(constant, (uint32_t)key_bytes, (uint32_t)n_bytes);
        if (r < 0)
                return r;
        constant->counts[pair.one % CONSTANT_TABLES]++;
        return constant_bytes(constant, key, key_bytes);
}

/* The keys of a few tables, each table's in the order in which they came. */
struct pass {
        uint32_t first; /* of the tables */
        struct spill_pair *keys;
        size_t ends[PASS_TABLES];
};

static int take_key(void *userdata, struct spill_pair key)
{
        struct pass *pass = userdata;
        uint32_t table = key.one % CONSTANT_TABLES;

        if (table >= pass->first && table < pass->first + PASS_TABLES)
                pass->keys[pass->ends[table - pass->first]++] = key;
        return 0;
}

/* Two slots for each key, searched from the one that its hash says. */
static int put_table(struct constant *constant, const struct spill_pair *keys, uint32_t n)
{
        _cleanup_(freep) struct spill_pair *slots = calloc(2 * (size_t)n + 1, sizeof(*slots));
        int r = slots ? 0 : -ENOMEM;

        for (uint32_t i = 0; r == 0 && i < n; i++) {
                uint32_t at = (keys[i].one >> 8) % (2 * n);

                while (slots[at].other != 0)
                        at = at + 1 < 2 * n ? at + 1 : 0;
                slots[at] = keys[i];
        }
        for (uint32_t i = 0; r == 0 && i < 2 * n; i++)
                r = put_pair(constant, slots[i].one, slots[i].other);
        return r;
}

static int put_tables(struct constant *constant, uint32_t first, uint32_t toc[2 * CONSTANT_TABLES])
{
        _cleanup_(freep) struct spill_pair *keys = NULL;
        struct pass pass = {.first = first};
        size_t n = 0;
        int r;

        for (uint32_t i = 0; i < PASS_TABLES; i++) {
                pass.ends[i] = n;
                n += constant->counts[first + i];
        }
        keys = pass.keys = calloc(n + 1, sizeof(*keys));
        if (!keys)
                return -ENOMEM;
        r = spill_each(&constant->keys, 0, spill_count(&constant->keys), take_key, &pass);
        for (uint32_t i = 0; r == 0 && i < PASS_TABLES; i++) {
                uint32_t count = constant->counts[first + i];

                toc[2 * (first + i)] = htole32((uint32_t)constant->pos);
                toc[2 * (first + i) + 1] = htole32(2 * count);
                r = put_table(constant, keys + pass.ends[i] - count, count);
        }
        return r;
}

int constant_finish(struct constant *constant)
{
        uint32_t toc[2 * CONSTANT_TABLES];
        ssize_t n;
        int r = 0;

        for (uint32_t first = 0; r == 0 && first < CONSTANT_TABLES; first += PASS_TABLES)
                r = put_tables(constant, first, toc);
        if (r == 0)
                r = flush(constant);
        if (r < 0)
                return r;
        n = pwrite(constant->fd, toc, sizeof(toc), 0);
        return n == (ssize_t)sizeof(toc) ? 0 : n < 0 ? -errno : -EIO;
}

void constant_clear(struct constant *constant)
{
        spill_clear(&constant->keys);
        free(constant->buffer);
        constant->buffer = NULL;
}
