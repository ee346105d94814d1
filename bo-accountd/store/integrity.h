/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database examined for damage. */
#pragma once

#include "bo-accountd/store/store.h"

#include <stddef.h>

#define TABLE_NAME_SIZE        64
#define INTEGRITY_PROBLEM_SIZE 160

/* The first table behind @after; -ENODATA: there is none. */
int store_table_next(struct store *store, const char *after, char ret_table[TABLE_NAME_SIZE]);

/* How many tables there are. */
int store_table_count(struct store *store, uint64_t *ret_n);

/*
 * Reads all of @table; with @whole its indexes are held against it as well. *ret_problem: what is
 * damaged, "" for nothing. The time grows with the table.
 */
int store_examine_table(struct store *store, const char *table, bool whole,
                        char ret_problem[INTEGRITY_PROBLEM_SIZE]);

/* Bytes of the database. */
int store_size(struct store *store, uint64_t *ret_bytes);
