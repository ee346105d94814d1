/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds a user or group in an opened snapshot; trusts nothing in the files beyond their mapping. */
#include "nss_bo/snapshot_read.h"

#include <errno.h>
#include <string.h>

#include "nss_bo/snapshot_format.h"

/*
 * The map is read by hand, not by libcdb: one hash serves filter, delta and base; a lookup writes
 * nothing that threads would share; and no process on the machine has another library to load.
 * That the files are real constant databases is shown by a test that reads them with libcdb.
 */

struct key {
        uint8_t bytes[SNAPSHOT_NAME_BYTES + 2];
        uint32_t n_bytes;
        uint32_t hash;
        size_t filter; /* which one of struct snapshot_map: its offset there */
};

/* Where in a hash table a search begins. */
struct probe {
        const uint8_t *table;
        uint32_t n_slots;
        uint32_t slot;
};

struct value {
        uint32_t pos; /* of the record that holds it */
        uint32_t key_bytes;
        uint32_t n_bytes;
};

/* Folds and hashes in one go: names come in any case. False: no name of ours. */
static bool key_from_name(struct key *key, const char *name)
{
        uint32_t hash = 5381, i = 0;

        for (; name[i]; i++) {
                uint8_t byte = (uint8_t)name[i];

                if (i == SNAPSHOT_NAME_BYTES)
                        return false;
                byte = (uint8_t)(byte | ((uint8_t)(byte - 'A') < 26) << 5);
                key->bytes[i] = byte;
                hash = snapshot_hash_step(hash, byte);
        }
        key->n_bytes = i;
        key->hash = hash;
        key->filter = offsetof(struct snapshot_map, names);
        return i > 0;
}

static void key_from_id(struct key *key, uint32_t id)
{
        snapshot_id_key(key->bytes, id);
        key->n_bytes = SNAPSHOT_ID_KEY_BYTES;
        key->hash = snapshot_hash(key->bytes, SNAPSHOT_ID_KEY_BYTES);
        key->filter = offsetof(struct snapshot_map, ids);
}

static bool may_hold(const struct snapshot_map *map, const struct key *key)
{
        uint64_t bits = snapshot_filter_bits(key->hash), word;
        struct snapshot_filter filter;

        memcpy(&filter, (const uint8_t *)map + key->filter, sizeof(filter));
        if (filter.n_words == 0)
                return false;
        memcpy(&word,
               map->bytes + filter.pos +
                       8 * (size_t)snapshot_filter_word(key->hash, filter.n_words),
               sizeof(word));
        return (le64toh(word) & bits) == bits;
}

/* 1 if a whole record begins at @pos, its lengths in @ret. */
static int value_at(const struct snapshot_map *map, uint32_t pos, struct value *ret)
{
        uint32_t key_bytes, n_bytes;

        if (pos < SNAPSHOT_TOC_BYTES || pos > map->n_bytes - 8)
                return -EBADMSG;
        __builtin_prefetch(map->bytes + pos + 64); /* a user's record has two or three lines */
        __builtin_prefetch(map->bytes + pos + 128);
        key_bytes = snapshot_load32(map->bytes + pos);
        n_bytes = snapshot_load32(map->bytes + pos + 4);
        if (key_bytes > map->n_bytes - 8 - pos || n_bytes > map->n_bytes - 8 - pos - key_bytes)
                return -EBADMSG;
        *ret = (struct value){.pos = pos, .key_bytes = key_bytes, .n_bytes = n_bytes};
        return 1;
}

/* The search of cdb(5), with every number checked before it is followed. */
static int probe_start(const struct snapshot_map *map, const struct key *key, struct probe *ret)
{
        const uint8_t *toc = map->bytes + 8 * (key->hash & 255);
        uint32_t table = snapshot_load32(toc), n_slots = snapshot_load32(toc + 4);

        if (n_slots == 0)
                return 0;
        if (table < SNAPSHOT_TOC_BYTES || table > map->n_bytes ||
            n_slots > (map->n_bytes - table) / 8)
                return -EBADMSG;
        *ret = (struct probe){.table = map->bytes + table,
                              .n_slots = n_slots,
                              .slot = (key->hash >> 8) % n_slots};
        return 1;
}

static int probe_next(const struct snapshot_map *map, const struct key *key, struct probe *probe,
                      struct value *ret)
{
        for (uint32_t i = 0; i < probe->n_slots; i++) {
                const uint8_t *at = probe->table + 8 * (size_t)probe->slot;
                uint32_t pos = snapshot_load32(at + 4);

                if (pos == 0)
                        return 0;
                if (snapshot_load32(at) == key->hash) {
                        if (value_at(map, pos, ret) < 0)
                                return -EBADMSG;
                        if (ret->key_bytes == key->n_bytes &&
                            memcmp(map->bytes + pos + 8, key->bytes, key->n_bytes) == 0)
                                return 1;
                }
                probe->slot = probe->slot + 1 == probe->n_slots ? 0 : probe->slot + 1;
        }
        return 0;
}

/* The filter is asked while the slot is on its way from memory: the two waits are one. */
static int map_find(const struct snapshot_map *map, const struct key *key, struct value *ret)
{
        struct probe probe;
        int r;

        r = probe_start(map, key, &probe);
        if (r <= 0)
                return r;
        __builtin_prefetch(probe.table + 8 * (size_t)probe.slot);
        return may_hold(map, key) ? probe_next(map, key, &probe, ret) : 0;
}

/* The delta's word counts before the base's; an empty value there means gone. */
static int find(const struct snapshot *snapshot, const struct key *key,
                const struct snapshot_map **ret_map, struct value *ret)
{
        int r;

        *ret_map = &snapshot->delta;
        r = map_find(&snapshot->delta, key, ret);
        if (r != 0)
                return r < 0 || ret->n_bytes > 0 ? r : 0;
        *ret_map = &snapshot->base;
        return map_find(&snapshot->base, key, ret);
}

static bool tail_is_sound(const struct snapshot_tail *tail, const char *texts,
                          const struct value *value)
{
        uint32_t room = value->key_bytes + value->n_bytes - (uint32_t)sizeof(*tail);
        uint32_t n_gids = tail->kind == SNAPSHOT_RECORD_USER ? tail->n : 0;

        return snapshot_id_is_ours(tail->id) && tail->texts_bytes <= room &&
               n_gids <= (room - tail->texts_bytes) / 4 &&
               value->key_bytes <= SNAPSHOT_NAME_BYTES &&
               tail->texts_bytes >= value->key_bytes + 3 && texts[value->key_bytes] == '\0' &&
               texts[value->key_bytes + 2] == '\0' && texts[tail->texts_bytes - 1] == '\0';
}

/* 1 if @value is that of a user or group. */
static int record_at(const struct snapshot_map *map, const struct value *value,
                     struct snapshot_record *ret)
{
        const char *texts = (const char *)map->bytes + value->pos + 8;
        struct snapshot_tail tail;

        if (value->n_bytes < sizeof(tail) + 3 || value->key_bytes == 0)
                return -EBADMSG;
        memcpy(&tail, texts + value->key_bytes + value->n_bytes - sizeof(tail), sizeof(tail));
        tail.id = le32toh(tail.id);
        tail.texts_bytes = le32toh(tail.texts_bytes);
        tail.n = le32toh(tail.n);
        tail.home = le16toh(tail.home);
        tail.shell = le16toh(tail.shell);
        if (!tail_is_sound(&tail, texts, value))
                return -EBADMSG;
        if (tail.kind == SNAPSHOT_RECORD_USER &&
            (value->key_bytes + 3 >= tail.texts_bytes || tail.home >= tail.texts_bytes ||
             tail.shell >= tail.texts_bytes))
                return -EBADMSG;
        *ret = (struct snapshot_record){
                .texts = texts,
                .texts_bytes = tail.texts_bytes,
                .name_bytes = value->key_bytes,
                .id = tail.id,
                .home = tail.home,
                .shell = tail.shell,
                .n = tail.n,
                .gids = (const uint8_t *)texts + tail.texts_bytes,
                .is_user = tail.kind == SNAPSHOT_RECORD_USER,
        };
        return 1;
}

int snapshot_find_name(const struct snapshot *snapshot, const char *name,
                       struct snapshot_record *ret)
{
        const struct snapshot_map *map;
        struct value value;
        struct key key;
        int r;

        if (!key_from_name(&key, name))
                return 0;
        r = find(snapshot, &key, &map, &value);
        return r > 0 ? record_at(map, &value, ret) : r;
}

int snapshot_find_id(const struct snapshot *snapshot, uint32_t id, struct snapshot_record *ret)
{
        struct snapshot_record record;
        const struct snapshot_map *map;
        struct value value;
        struct key key;
        int r;

        if (id < snapshot->id_min || id > snapshot->id_max)
                return 0;
        key_from_id(&key, id);
        r = find(snapshot, &key, &map, &value);
        if (r <= 0)
                return r;
        if (value.n_bytes != 4)
                return -EBADMSG;
        r = value_at(map, snapshot_load32(map->bytes + value.pos + 8 + value.key_bytes), &value);
        if (r > 0)
                r = record_at(map, &value, &record);
        if (r <= 0 || record.id != id)
                return -EBADMSG;
        *ret = record;
        return 1;
}

gid_t snapshot_record_gid(const struct snapshot_record *record, uint32_t index)
{
        uint32_t gid = snapshot_load32(record->gids + 4 * (size_t)index);

        return snapshot_id_is_ours(gid) ? gid : (gid_t)-1;
}

/* Whether the delta has a word of its own on a record of the base. */
static int overridden(const struct snapshot *snapshot, const struct snapshot_record *record)
{
        struct value value;
        struct key key;
        int r;

        if (!key_from_name(&key, record->texts))
                return -EBADMSG;
        r = map_find(&snapshot->delta, &key, &value);
        if (r != 0)
                return r;
        key_from_id(&key, record->id);
        return map_find(&snapshot->delta, &key, &value);
}

/* The position: first through the base's records, then, with the high bit set, the delta's. */
int snapshot_next(const struct snapshot *snapshot, uint64_t *position, struct snapshot_record *ret)
{
        const uint64_t in_delta = UINT64_C(1) << 63;
        int r;

        for (;;) {
                bool is_delta = *position & in_delta;
                const struct snapshot_map *map = is_delta ? &snapshot->delta : &snapshot->base;
                uint32_t pos = (uint32_t)*position;
                struct value value;

                if (pos == 0)
                        pos = SNAPSHOT_HEADER_POS + sizeof(struct snapshot_header);
                if (pos >= map->records_end) {
                        if (is_delta)
                                return 0;
                        *position = in_delta;
                        continue;
                }
                if (value_at(map, pos, &value) < 0)
                        return -EBADMSG;
                *position = (*position & in_delta) | (pos + 8 + value.key_bytes + value.n_bytes);
                r = record_at(map, &value, ret);
                if (r > 0 && !is_delta) {
                        int hidden = overridden(snapshot, ret);

                        if (hidden > 0)
                                continue;
                        r = hidden < 0 ? hidden : r;
                }
                return r;
        }
}
