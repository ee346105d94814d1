/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Searches for a part of a text by an index of its runs of three characters. */
#pragma once

#include "bo-accountd/store/store.h"

#include <stddef.h>

#define TRIGRAM_SIZE 3 /* characters; a shorter part is in no index */

/* Has the engine such indexes, and is @folded long enough for them? */
bool trigram_usable(const struct store *store, const char *folded);

/* What FTS5 matches texts with that hold each run of @folded: more than those that hold @folded
 * itself, which the caller looks for. @size: TRIGRAM_MATCH_SIZE of its length. */
#define TRIGRAM_MATCH_SIZE(bytes) (12 * (bytes) + 1)
void trigram_match(char *out, size_t size, const char *folded);
