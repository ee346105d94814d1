/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files about locations share: columns, and the text that is searched. */
#pragma once

#include "bo-accountd/store/location.h"
#include "bo-accountd/store/store_private.h"

#define LOCATION_COLUMNS                                                                           \
        "l.id, l.customer, l.name, l.website, l.created_usec, l.gid, l.number, l.folded"
#define LOCATION_COLUMN_FOLDED 7

/* Name, line break, website. */
#define LOCATION_FOLDED_SIZE (2 * (LOCATION_NAME_SIZE + LOCATION_WEBSITE_SIZE))

void location_read(struct sql_rows *rows, struct location *ret_location);

/* In the index of parts of words, where the engine has one. */
int location_index_put(struct tx *tx, uint64_t number, const char *folded);
int location_index_change(struct tx *tx, uint64_t number, const char *folded);

/* The numbers of a customer's locations lie between the two. */
uint64_t location_first(uint32_t customer_gid);
uint64_t location_last(uint32_t customer_gid);
