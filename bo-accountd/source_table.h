/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many failed attempts each source has made of late: in memory, of one size whatever comes. */
#pragma once

#include "bo-accountd/policy/source.h"
#include "bo-accountd/policy/throttle.h"
#include "common/cleanup.h"

#include <stdint.h>

/*
 * 4096 addresses and 256 sources of this host, in sets of eight. When a set is full, the source
 * with the fewest attempts makes room and leaves its count to the newcomer (Metwally et al., "Space
 * Saving"): nobody is ever counted for less than he did, so no flood of invented sources makes one
 * forgotten that must wait, and newcomers of a set of nothing but such sources wait with them.
 *
 * Its clock is the wall clock without the steps back, so that setting it back opens nothing and
 * makes nobody wait longer. Safe to be called from any thread; the lock is held for a look at two
 * sets.
 */
struct source_table;

int source_table_new(struct source_table **ret_table);
struct source_table *source_table_free(struct source_table *table);
DEFINE_CLEANUP(struct source_table *, source_table_free)

struct source_wait {
        uint64_t usec;   /* 0: there is room */
        bool tell;       /* for the first time within the window of the rule: say so */
        unsigned bucket; /* of the source: that is full */
};

/* May @source make one more attempt by @rule? Takes it in that case, from all of its buckets or
 * none. */
struct source_wait source_table_take(struct source_table *table, const struct source *source,
                                     const struct throttle_rule *rule);
/* The same, without taking. */
struct source_wait source_table_ask(struct source_table *table, const struct source *source,
                                    const struct throttle_rule *rule);
/* The same, and it counts as no asking: tell stays false, and is true for who asks next. */
struct source_wait source_table_look(struct source_table *table, const struct source *source,
                                     const struct throttle_rule *rule);
/* How an attempt ended that was taken: it is given back unless it failed. */
enum source_end {
        SOURCE_END_FAILURE,
        SOURCE_END_NOTHING, /* nothing was tested yet */
        SOURCE_END_SUCCESS,
};
void source_table_settle(struct source_table *table, const struct source *source,
                         const struct throttle_rule *rule, enum source_end end);

enum source_state {
        SOURCE_PROVEN, /* somebody logged in from there within a day, and few have failed since */
        SOURCE_NEW,    /* nothing is known of it */
        SOURCE_FAILED, /* of late */
        SOURCE_FULL,   /* as often as it may */
};
enum source_state source_table_state(struct source_table *table, const struct source *source,
                                     const struct throttle_rule *rule);

/* A number for @text that nobody outside can foretell. */
uint64_t source_table_hash(const struct source_table *table, const char *text);

/* A bucket with something in it. */
struct source_row {
        char text[SOURCE_TEXT_SIZE];
        uint64_t level_usec; /* until it has drained */
        uint64_t wait_usec;  /* until there is room for one more; 0: there is */
};

/* At most @room of those that must wait, the longest first; how many. */
size_t source_table_list(struct source_table *table, const struct throttle_rule *rule,
                         struct source_row *rows, size_t room);

/* Forgets what was counted for every bucket of which @matches says so; how many had something. */
size_t source_table_clear(struct source_table *table,
                          bool (*matches)(void *userdata, const char *text), void *userdata);

/* Of @rule, for the @bucket-th one of a source. */
struct throttle_rule source_rule(const struct throttle_rule *rule, unsigned bucket);
