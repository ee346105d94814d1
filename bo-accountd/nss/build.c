/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Builds one file of a snapshot: header, records, number keys, filters. */
#include <errno.h>
#include <sys/stat.h>

#include "bo-accountd/nss/writer.h"

enum {
        INDEX_RECORD_BYTES = 8 + SNAPSHOT_ID_KEY_BYTES + 4,
        SLOT_BYTES = 16, /* two slots for each key */
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
        uint64_t n_index = spill_count(&writer->index);
        uint64_t n_keys = writer->n_names + n_index + 2;

        return writer->file.pos + record_bytes + n_index * INDEX_RECORD_BYTES +
               n_keys * (SLOT_BYTES + SNAPSHOT_FILTER_BITS_PER_KEY / 8) + SNAPSHOT_TOC_BYTES;
}

static int put(struct snapshot_writer *writer, const void *key, size_t key_bytes, const void *value,
               size_t n_bytes)
{
        int r;

        if (size_with(writer, 8 + key_bytes + n_bytes) > UINT32_MAX)
                return -EFBIG;
        r = constant_record(&writer->file, key, key_bytes, n_bytes);
        return r == 0 ? constant_bytes(&writer->file, value, n_bytes) : r;
}

int build_name(struct snapshot_writer *writer, const char *name, const void *value, size_t n_bytes)
{
        int r = put(writer, name, strlen(name), value, n_bytes);

        writer->n_names += r == 0;
        return r;
}

int build_index(struct snapshot_writer *writer, uint32_t id, uint64_t pos)
{
        int r = spill_add(&writer->index, writer->dir_fd, writer->name,
                          (struct spill_pair){id, (uint32_t)pos});

        if (r < 0)
                return r;
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
        if (unlinkat(writer->dir_fd, writer->name, 0) < 0)
                return -errno;
        r = constant_begin(&writer->file, writer->fd, writer->dir_fd, writer->name);
        return r < 0 ? r : put(writer, key, sizeof(key), &writer->header, sizeof(writer->header));
}

static int put_gone(struct snapshot_writer *writer)
{
        int r = 0;

        for (size_t i = 0; i < writer->n_gone && r == 0; i++)
                r = build_name(writer, writer->gone[i], "", 0);
        return r;
}

static int put_number(void *userdata, struct spill_pair entry)
{
        uint32_t pos = htole32(entry.other);
        uint8_t key[SNAPSHOT_ID_KEY_BYTES];

        snapshot_id_key(key, entry.one);
        return put(userdata, key, sizeof(key), &pos, pos ? sizeof(pos) : 0);
}

static int put_index(struct snapshot_writer *writer)
{
        return spill_each(&writer->index, 0, spill_count(&writer->index), put_number, writer);
}

static size_t filter_words(size_t n_keys)
{
        return (n_keys * SNAPSHOT_FILTER_BITS_PER_KEY + 63) / 64;
}

struct filter {
        uint8_t *words;
        size_t n_words;
};

static int filter_add(void *userdata, struct spill_pair key)
{
        const struct filter *filter = userdata;
        uint8_t *at = filter->words +
                      8 * (size_t)snapshot_filter_word(key.one, (uint32_t)filter->n_words);
        uint64_t word;

        memcpy(&word, at, sizeof(word));
        word |= htole64(snapshot_filter_bits(key.one));
        memcpy(at, &word, sizeof(word));
        return 0;
}

/* Of the keys @from to @end of the file. */
static int put_filter(struct snapshot_writer *writer, size_t from, size_t end)
{
        struct filter filter = {.n_words = filter_words(end - from)};
        _cleanup_(freep) uint8_t *words = calloc(filter.n_words + 1, 8);
        int r;

        if (!words)
                return -ENOMEM;
        filter.words = words;
        r = spill_each(&writer->file.keys, from, end, filter_add, &filter);
        return r == 0 ? constant_bytes(&writer->file, words, 8 * filter.n_words) : r;
}

/* The header is the file's first key; then come the names, then the numbers. */
static int put_filters(struct snapshot_writer *writer)
{
        static const uint8_t key[SNAPSHOT_FILTER_KEY_BYTES] = {0, 'f'}, gaps[64];
        size_t n_names = writer->n_names, n_index = spill_count(&writer->index);
        size_t name_words = filter_words(n_names), id_words = filter_words(n_index);
        size_t gap = -(writer->file.pos + 8 + sizeof(key)) % 64;
        size_t n_bytes = gap + 8 * (name_words + id_words);
        int r;

        if (size_with(writer, 8 + sizeof(key) + n_bytes) > UINT32_MAX)
                return -EFBIG;
        r = constant_record(&writer->file, key, sizeof(key), n_bytes);
        if (r == 0)
                r = constant_bytes(&writer->file, gaps, gap);
        writer->header.filter_pos = (uint32_t)writer->file.pos;
        writer->header.name_words = (uint32_t)name_words;
        writer->header.id_words = (uint32_t)id_words;
        if (r == 0)
                r = put_filter(writer, 1, 1 + n_names);
        return r == 0 ? put_filter(writer, 1 + n_names, 1 + n_names + n_index) : r;
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

        writer->header.records_end = (uint32_t)writer->file.pos;
        r = put_gone(writer);
        if (r == 0)
                r = put_index(writer);
        if (r == 0)
                r = put_filters(writer);
        if (r == 0)
                r = constant_finish(&writer->file);
        constant_clear(&writer->file); /* before the file is copied */
        spill_clear(&writer->index);
        if (r == 0)
                r = fill_header(writer);
        return r < 0 ? r : file_write_out(writer->fd, writer->dir_fd, writer->name);
}

void build_free(struct snapshot_writer *writer)
{
        constant_clear(&writer->file);
        spill_clear(&writer->index);
        closep(&writer->fd);
        writer->fd = -1;
        for (size_t i = 0; i < writer->n_gone; i++)
                free(writer->gone[i]);
        free(writer->gone);
        free(writer->value);
}
