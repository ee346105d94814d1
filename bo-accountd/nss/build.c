/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds one file of a snapshot with libcdb: header, records, number keys, filter. */
#include <errno.h>
#include <sys/stat.h>

#include "bo-accountd/nss/writer.h"

enum {
        INDEX_RECORD_BYTES = 8 + SNAPSHOT_ID_KEY_BYTES + 4,
        SLOT_BYTES = 16, /* libcdb makes two slots for each key */
};

/* Grows *@array, of elements of @size bytes, for one more than @n. */
static int array_grow(void *array, size_t *room, size_t n, size_t size)
{
        size_t new_room = *room ? 2 * *room : 64;
        void *old, *new;

        if (n < *room)
                return 0;
        memcpy(&old, array, sizeof(old));
        new = reallocarray(old, new_room, size);
        if (!new)
                return -ENOMEM;
        memcpy(array, &new, sizeof(new));
        *room = new_room;
        return 0;
}

/* The end of the file if a record of so many bytes came in. Offsets have 32 bits. */
static uint64_t size_with(const struct snapshot_writer *writer, uint64_t record_bytes)
{
        uint64_t n_keys = writer->n_hashes + writer->n_index + 2;

        return writer->pos + record_bytes + writer->n_index * INDEX_RECORD_BYTES +
               n_keys * (SLOT_BYTES + SNAPSHOT_FILTER_BITS_PER_KEY / 8) + SNAPSHOT_TOC_BYTES;
}

static int put(struct snapshot_writer *writer, const void *key, size_t key_bytes, const void *value,
               size_t n_bytes)
{
        if (size_with(writer, 8 + key_bytes + n_bytes) > UINT32_MAX)
                return -EFBIG;
        if (cdb_make_add(&writer->cdb, key, (unsigned)key_bytes, value, (unsigned)n_bytes) < 0)
                return errno > 0 ? -errno : -EIO;
        writer->pos += 8 + key_bytes + n_bytes;
        return 0;
}

int build_name(struct snapshot_writer *writer, const char *name, const void *value, size_t n_bytes)
{
        size_t name_bytes = strlen(name);
        int r;

        r = array_grow(&writer->hashes, &writer->hashes_room, writer->n_hashes,
                       sizeof(*writer->hashes));
        if (r == 0)
                r = put(writer, name, name_bytes, value, n_bytes);
        if (r == 0)
                writer->hashes[writer->n_hashes++] =
                        snapshot_hash((const uint8_t *)name, (uint32_t)name_bytes);
        return r;
}

int build_index(struct snapshot_writer *writer, uint32_t id, uint64_t pos)
{
        int r;

        r = array_grow(&writer->index, &writer->index_room, writer->n_index,
                       sizeof(*writer->index));
        if (r < 0)
                return r;
        writer->index[writer->n_index++] = (struct index_entry){.id = id, .pos = (uint32_t)pos};
        if (id < writer->header.id_min)
                writer->header.id_min = id;
        if (id > writer->header.id_max)
                writer->header.id_max = id;
        return 0;
}

int build_gone(struct snapshot_writer *writer, const char *name)
{
        int r;

        r = array_grow(&writer->gone, &writer->gone_room, writer->n_gone, sizeof(*writer->gone));
        if (r < 0)
                return r;
        writer->gone[writer->n_gone] = strdup(name);
        if (!writer->gone[writer->n_gone])
                return -ENOMEM;
        writer->n_gone++;
        return 0;
}

/* The header comes first, empty; build_finish() fills it in. The file has no name meanwhile. */
int build_start(struct snapshot_writer *writer)
{
        static const char key[SNAPSHOT_HEADER_KEY_BYTES] = "\0bo: users and groups";
        int r;

        r = file_new(writer->dir_fd, writer->name, &writer->fd);
        if (r < 0)
                return r;
        if (unlinkat(writer->dir_fd, writer->name, 0) < 0 ||
            cdb_make_start(&writer->cdb, writer->fd) < 0)
                return -errno;
        writer->cdb_open = true;
        writer->pos = SNAPSHOT_TOC_BYTES;
        return put(writer, key, sizeof(key), &writer->header, sizeof(writer->header));
}

static int put_gone(struct snapshot_writer *writer)
{
        int r = 0;

        for (size_t i = 0; i < writer->n_gone && r == 0; i++)
                r = build_name(writer, writer->gone[i], "", 0);
        return r;
}

static int put_index(struct snapshot_writer *writer)
{
        int r = 0;

        for (size_t i = 0; i < writer->n_index && r == 0; i++) {
                uint32_t pos = htole32(writer->index[i].pos);
                uint8_t key[SNAPSHOT_ID_KEY_BYTES];

                snapshot_id_key(key, writer->index[i].id);
                r = put(writer, key, sizeof(key), &pos, pos ? sizeof(pos) : 0);
        }
        return r;
}

static size_t filter_words(size_t n_keys)
{
        return (n_keys * SNAPSHOT_FILTER_BITS_PER_KEY + 63) / 64;
}

static void filter_add(uint8_t *filter, size_t n_words, uint32_t hash)
{
        uint8_t *at = filter + 8 * (size_t)snapshot_filter_word(hash, (uint32_t)n_words);
        uint64_t word;

        memcpy(&word, at, sizeof(word));
        word |= htole64(snapshot_filter_bits(hash));
        memcpy(at, &word, sizeof(word));
}

static int put_filters(struct snapshot_writer *writer)
{
        static const uint8_t key[SNAPSHOT_FILTER_KEY_BYTES] = {0, 'f'};
        size_t name_words = filter_words(writer->n_hashes);
        size_t id_words = filter_words(writer->n_index);
        size_t gap = -(writer->pos + 8 + sizeof(key)) % 64;
        size_t n_bytes = gap + 8 * (name_words + id_words);
        _cleanup_(freep) uint8_t *value = calloc(1, n_bytes + 1);

        if (!value)
                return -ENOMEM;
        for (size_t i = 0; i < writer->n_hashes; i++)
                filter_add(value + gap, name_words, writer->hashes[i]);
        for (size_t i = 0; i < writer->n_index; i++) {
                uint8_t id_key[SNAPSHOT_ID_KEY_BYTES];

                snapshot_id_key(id_key, writer->index[i].id);
                filter_add(value + gap + 8 * name_words, id_words,
                           snapshot_hash(id_key, sizeof(id_key)));
        }
        writer->header.filter_pos = (uint32_t)(writer->pos + 8 + sizeof(key) + gap);
        writer->header.name_words = (uint32_t)name_words;
        writer->header.id_words = (uint32_t)id_words;
        return put(writer, key, sizeof(key), value, n_bytes);
}

static void header_to_little_endian(struct snapshot_header *header)
{
        header->file_bytes = htole32(header->file_bytes);
        header->base_id = htole64(header->base_id);
        header->generation = htole64(header->generation);
        header->records_end = htole32(header->records_end);
        header->filter_pos = htole32(header->filter_pos);
        header->name_words = htole32(header->name_words);
        header->id_words = htole32(header->id_words);
        header->id_min = htole32(header->id_min);
        header->id_max = htole32(header->id_max);
        header->check = snapshot_header_check(header);
}

/* What cdb(5) allows to be overwritten in place, and nobody sees the file yet. */
static int fill_header(struct snapshot_writer *writer)
{
        struct snapshot_header header = writer->header;
        struct stat st;
        ssize_t n;

        if (fstat(writer->fd, &st) < 0)
                return -errno;
        if (st.st_size > UINT32_MAX)
                return -EFBIG;
        header.file_bytes = (uint32_t)st.st_size;
        header_to_little_endian(&header);
        n = pwrite(writer->fd, &header, sizeof(header), SNAPSHOT_HEADER_POS);
        if (n != (ssize_t)sizeof(header))
                return n < 0 ? -errno : -EIO;
        return 0;
}

/* Leaves a file that is whole and on disk. */
int build_finish(struct snapshot_writer *writer)
{
        int r;

        writer->header.records_end = (uint32_t)writer->pos;
        r = put_gone(writer);
        if (r == 0)
                r = put_index(writer);
        if (r == 0)
                r = put_filters(writer);
        if (r < 0)
                return r;
        writer->cdb_open = false;
        if (cdb_make_finish(&writer->cdb) < 0)
                return errno > 0 ? -errno : -EIO;
        r = fill_header(writer);
        return r < 0 ? r : file_write_out(writer->fd, writer->dir_fd, writer->name);
}

/* libcdb frees its lists in cdb_make_finish() alone, also when that fails. */
void build_free(struct snapshot_writer *writer)
{
        if (writer->cdb_open)
                (void)cdb_make_finish(&writer->cdb); /* into a file that goes away */
        writer->cdb_open = false;
        closep(&writer->fd);
        writer->fd = -1;
        for (size_t i = 0; i < writer->n_gone; i++)
                free(writer->gone[i]);
        free(writer->gone);
        free(writer->hashes);
        free(writer->index);
        free(writer->value);
}
