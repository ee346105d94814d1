/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The places for buckets of sources, as many as there are, and which of them makes room for
 * another. */
#pragma once

#include "bo-accountd/policy/source.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>

#define SOURCE_WAYS        8
#define SOURCE_REMOTE_SETS 512
#define SOURCE_LOCAL_SETS  32
#define SOURCE_SETS        (SOURCE_REMOTE_SETS + SOURCE_LOCAL_SETS)

struct source_entry {
        uint64_t hash;
        uint64_t drained_usec; /* by the clock of the table; 0: nothing is in it */
        uint64_t told_usec;    /* until then nobody is told of it again */
        uint64_t proven_usec;  /* until then somebody is known to log in from there */
        uint32_t in_flight;    /* taken, and neither a failure nor given back yet */
        char text[SOURCE_TEXT_SIZE];
};

struct source_set {
        struct source_entry ways[SOURCE_WAYS];
};

struct source_places {
        unsigned char key[crypto_shorthash_KEYBYTES];
        struct source_set remote[SOURCE_REMOTE_SETS];
        struct source_set local[SOURCE_LOCAL_SETS];
};

/* A bucket of a source in the table: its own entry, or the one that it would take the place of. */
struct source_seat {
        struct source_entry *entry;
        uint64_t hash;
        bool own;
};

/* A number for @text that nobody outside can foretell. */
uint64_t source_places_hash(const struct source_places *places, const char *text);

struct source_seat source_seat_find(struct source_places *places, const struct source *source,
                                    unsigned bucket, uint64_t now_usec);

/* For the bucket of that text. The count of who was there before stays with the place. */
void source_seat_take(const struct source_seat *seat, const char *text);

/* All of them, SOURCE_SETS. */
struct source_set *source_set_at(struct source_places *places, size_t i);
