/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of a snapshot look like: shared by the writer in the daemon and all readers. */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Both files are constant databases in TinyCDB's format, see cdb(5); all numbers are little-endian.
 *
 *   key                    value
 *   56 bytes, the first 0  struct snapshot_header; the first record, so always at the same place
 *   NAME (lower case)      "\0x\0" (a group: "\0*\0") TEXTS GIDS struct snapshot_tail
 *   0 'i' ID (8 bytes)     4 bytes: where the user's or group's record above begins
 *   0 'f'                  padding, and the filters at header.filter_pos
 *
 * A user's TEXTS are gecos, home and shell, a group's its members, each with its NUL. Key and value
 * are neighbours, so name, password and texts are copied in one piece, as struct passwd wants them.
 * In a delta an empty value says: what the base has under this key is gone.
 */
enum {
        SNAPSHOT_TOC_BYTES = 2048,
        SNAPSHOT_HEADER_KEY_BYTES = 56, /* with it the header fills exactly one cache line */
        SNAPSHOT_HEADER_POS = SNAPSHOT_TOC_BYTES + 8 + SNAPSHOT_HEADER_KEY_BYTES,
        SNAPSHOT_NAME_BYTES = 254, /* longest name, without its NUL */
        SNAPSHOT_ID_LOWEST = 1000, /* no damage, and no daemon gone bad, makes anyone root */
        SNAPSHOT_ID_KEY_BYTES = 10,
        SNAPSHOT_FILTER_KEY_BYTES = 2,
        SNAPSHOT_FILTER_BITS_PER_KEY = 8, /* four misses in a hundred pass, and a million keys fit
                                             into a megabyte, so into the second cache */
        SNAPSHOT_BASE_NAME_BYTES = sizeof("base-0123456789abcdef"),
};

#define SNAPSHOT_MAGIC      "boNSS\r\n\1" /* the last byte is the version */
#define SNAPSHOT_DELTA_NAME "delta"

enum snapshot_kind {
        SNAPSHOT_KIND_BASE = 'b',
        SNAPSHOT_KIND_DELTA = 'd',
};

struct snapshot_header {
        char magic[8];
        uint8_t superseded; /* the one byte that ever changes: set before another delta replaces it
                             */
        uint8_t kind;
        uint8_t flags;
        uint8_t reserved;
        uint32_t file_bytes; /* a shorter file is truncated: mapping it would end in SIGBUS */
        uint64_t base_id;    /* of the base itself, or of the only base that a delta goes with */
        uint64_t generation;
        uint32_t records_end; /* users and groups lie between the header and this */
        uint32_t filter_pos;  /* of the names' filter; that of the numbers comes right behind */
        uint32_t name_words;  /* none: no such keys */
        uint32_t id_words;
        uint32_t id_min;
        uint32_t id_max;
        uint64_t check; /* snapshot_header_check() */
};

enum snapshot_record_kind {
        SNAPSHOT_RECORD_USER = 'u',
        SNAPSHOT_RECORD_GROUP = 'g',
};

/* Ends the value of a user or group. Offsets count from the name's first byte. */
struct snapshot_tail {
        uint32_t id;
        uint32_t texts_bytes; /* from the name to the last text's NUL */
        uint32_t n;           /* gids of a user, members of a group */
        uint16_t home;
        uint16_t shell;
        uint8_t kind;
        uint8_t reserved[3];
};

static inline bool snapshot_id_is_ours(uint32_t id)
{
        return id >= SNAPSHOT_ID_LOWEST && id != UINT32_MAX;
}

static inline uint32_t snapshot_load32(const void *from)
{
        uint32_t value;

        memcpy(&value, from, sizeof(value));
        return le32toh(value);
}

/* One step of the hash that cdb(5) prescribes; starts with 5381. */
static inline uint32_t snapshot_hash_step(uint32_t hash, uint8_t byte)
{
        return (hash + (hash << 5)) ^ byte;
}

static inline uint32_t snapshot_hash(const uint8_t *key, uint32_t key_bytes)
{
        uint32_t hash = 5381;

        for (uint32_t i = 0; i < key_bytes; i++)
                hash = snapshot_hash_step(hash, key[i]);
        return hash;
}

/*
 * Eight scattered bytes for a number of four: over four bytes the hash of cdb(5) takes nine million
 * values only, and one missing uid in ten would share its hash with one of a million that are
 * there.
 */
static inline void snapshot_id_key(uint8_t key[SNAPSHOT_ID_KEY_BYTES], uint32_t id)
{
        uint64_t value = htole64(id * UINT64_C(0x9E3779B97F4A7C15));

        key[0] = 0;
        key[1] = 'i';
        memcpy(key + 2, &value, sizeof(value));
}

/*
 * The filter is a Bloom filter that looks at a single 64-bit word for a key: a miss touches one
 * cache line of something that fits into the cache, not the hash table of a million users.
 */
static inline uint32_t snapshot_filter_word(uint32_t hash, uint32_t n_words)
{
        uint64_t mixed = hash * UINT64_C(0x9E3779B97F4A7C15);

        return (uint32_t)(((mixed >> 32) * n_words) >> 32);
}

static inline uint64_t snapshot_filter_bits(uint32_t hash)
{
        uint64_t mixed = hash * UINT64_C(0x9E3779B97F4A7C15);

        mixed = (mixed ^ (mixed >> 29)) * UINT64_C(0xBF58476D1CE4E5B9);
        return UINT64_C(1) << (mixed >> 58) | UINT64_C(1) << (mixed >> 52 & 63) |
               UINT64_C(1) << (mixed >> 46 & 63);
}

/* FNV-1a over all of the header but the mark and the check itself. */
static inline uint64_t snapshot_header_check(const struct snapshot_header *header)
{
        struct snapshot_header copy = *header;
        uint64_t hash = UINT64_C(0xCBF29CE484222325);
        const uint8_t *bytes = (const uint8_t *)&copy;

        copy.superseded = 0;
        for (size_t i = 0; i < offsetof(struct snapshot_header, check); i++)
                hash = (hash ^ bytes[i]) * UINT64_C(0x100000001B3);
        return htole64(hash);
}
