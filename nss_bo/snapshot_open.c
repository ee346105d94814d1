/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps the published delta and the one base it names, and checks that both are whole. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/cleanup.h"
#include "nss_bo/snapshot_format.h"
#include "nss_bo/snapshot_read.h"

enum {
        PATH_BYTES = 512, /* small: a new process would have to get the pages of its stack first */
        ATTEMPTS = 16,    /* each one more means that another base was published under our hands */
        FLAG_ENUMERATE = 1 << 0,
};

static const struct snapshot_header *map_header(const struct snapshot_map *map)
{
        return (const struct snapshot_header *)(const void *)(map->bytes + SNAPSHOT_HEADER_POS);
}

static void map_close(struct snapshot_map *map)
{
        if (map->bytes)
                munmap((void *)(uintptr_t)map->bytes, map->n_bytes);
        *map = (struct snapshot_map){};
}

/* Everything that a lookup follows without checking it again. */
static bool header_is_sound(const struct snapshot_header *header, uint8_t kind, uint32_t n_bytes)
{
        uint64_t filter_bytes =
                8 * ((uint64_t)le32toh(header->name_words) + (uint64_t)le32toh(header->id_words));

        return memcmp(header->magic, SNAPSHOT_MAGIC, sizeof(header->magic)) == 0 &&
               header->kind == kind && header->check == snapshot_header_check(header) &&
               le32toh(header->file_bytes) == n_bytes &&
               le32toh(header->filter_pos) + filter_bytes <= n_bytes &&
               le32toh(header->records_end) <= n_bytes - 8;
}

/* Takes the sizes from the checked header, so that a lookup never touches it but for the mark. */
static int map_check(struct snapshot_map *map, uint8_t kind)
{
        const struct snapshot_header *header = map_header(map);

        if (!header_is_sound(header, kind, map->n_bytes))
                return -EBADMSG;
        map->records_end = le32toh(header->records_end);
        map->names = (struct snapshot_filter){.pos = le32toh(header->filter_pos),
                                              .n_words = le32toh(header->name_words)};
        map->ids = (struct snapshot_filter){.pos = map->names.pos + 8 * map->names.n_words,
                                            .n_words = le32toh(header->id_words)};
        return 0;
}

/* DIR/NAME. By hand, because the first call in each process on the machine would pay for snprintf.
 */
static int make_path(char path[PATH_BYTES], const char *dir, const char *name)
{
        size_t dir_bytes = strlen(dir), name_bytes = strlen(name) + 1;

        if (dir_bytes + 1 + name_bytes > PATH_BYTES)
                return -ENAMETOOLONG;
        memcpy(path, dir, dir_bytes);
        path[dir_bytes] = '/';
        memcpy(path + dir_bytes + 1, name, name_bytes);
        return 0;
}

static void make_base_name(char name[SNAPSHOT_BASE_NAME_BYTES], uint64_t id)
{
        memcpy(name, "base-", 5);
        for (unsigned i = 0; i < 16; i++)
                name[5 + i] = "0123456789abcdef"[id >> (60 - 4 * i) & 15];
        name[5 + 16] = '\0';
}

/* The descriptor is gone again when this returns: a host that closes all of them harms nothing. */
static int map_open(struct snapshot_map *map, const char *dir, const char *name, uint8_t kind)
{
        _cleanup_(closep) int fd = -1;
        char path[PATH_BYTES];
        struct stat st;
        void *bytes;
        int r;

        r = make_path(path, dir, name);
        if (r < 0)
                return r;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) || st.st_size > UINT32_MAX ||
            st.st_size < (off_t)(SNAPSHOT_HEADER_POS + sizeof(struct snapshot_header)))
                return -EBADMSG;
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes == MAP_FAILED)
                return -errno;
        *map = (struct snapshot_map){.bytes = bytes, .n_bytes = (uint32_t)st.st_size};
        return map_check(map, kind);
}

static uint32_t least(uint32_t a, uint32_t b)
{
        return a < b ? a : b;
}

/* One attempt. -EAGAIN: a new base took the place of the one that the delta named. */
static int try_open(struct snapshot *snapshot, const char *dir)
{
        const struct snapshot_header *delta, *base;
        char name[SNAPSHOT_BASE_NAME_BYTES];
        int r;

        r = map_open(&snapshot->delta, dir, SNAPSHOT_DELTA_NAME, SNAPSHOT_KIND_DELTA);
        if (r < 0)
                return r;
        delta = map_header(&snapshot->delta);
        make_base_name(name, le64toh(delta->base_id));
        r = map_open(&snapshot->base, dir, name, SNAPSHOT_KIND_BASE);
        if (r == -ENOENT)
                return snapshot_superseded(snapshot) ? -EAGAIN : -EBADMSG;
        if (r < 0)
                return r;
        base = map_header(&snapshot->base);
        if (base->base_id != delta->base_id)
                return -EBADMSG;
        snapshot->id_min = least(le32toh(base->id_min), le32toh(delta->id_min));
        snapshot->id_max = ~least(~le32toh(base->id_max), ~le32toh(delta->id_max));
        return 0;
}

int snapshot_open(struct snapshot *ret, const char *dir)
{
        int r = -EAGAIN;

        for (unsigned i = 0; i < ATTEMPTS && r == -EAGAIN; i++) {
                struct snapshot snapshot = {};

                r = try_open(&snapshot, dir);
                if (r == 0)
                        *ret = snapshot;
                else
                        snapshot_close(&snapshot);
        }
        return r;
}

void snapshot_close(struct snapshot *snapshot)
{
        map_close(&snapshot->base);
        map_close(&snapshot->delta);
}

bool snapshot_superseded(const struct snapshot *snapshot)
{
        const struct snapshot_header *header = map_header(&snapshot->delta);

        return __atomic_load_n(&header->superseded, __ATOMIC_ACQUIRE) != 0;
}

bool snapshot_enumerable(const struct snapshot *snapshot)
{
        return map_header(&snapshot->delta)->flags & FLAG_ENUMERATE;
}

uint64_t snapshot_published_generation(const struct snapshot *snapshot)
{
        return le64toh(map_header(&snapshot->delta)->generation);
}

uint64_t snapshot_published_base_generation(const struct snapshot *snapshot)
{
        return le64toh(map_header(&snapshot->base)->generation);
}

uint64_t snapshot_published_base_id(const struct snapshot *snapshot)
{
        return le64toh(map_header(&snapshot->base)->base_id);
}
