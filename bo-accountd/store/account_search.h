/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The index of parts of users' names, addresses and full names, and who is found by it (R15). */
#pragma once

#include "bo-accountd/store/account.h"

#define ACCOUNT_SEARCH_SIZE  (2 * (NAME_MAX_BYTES + 1) + ACCOUNT_TEXT_SIZE)
#define ACCOUNT_MATCHES_MOST 500

/* Is @folded (common/fold.h) a part of name, address or full name? */
bool account_contains(const struct account *account, const char *folded);

/* The user @uid is new; his name, address or full name has changed. */
int account_index_put(struct tx *tx, const struct account *account, uint32_t uid);
int account_index_change(struct tx *tx, uint32_t uid);

struct account_match {
        uint32_t uid;
        char name[NAME_MAX_BYTES + 1];
};

/*
 * Who may contain @folded, in the order of names; *ret_matches is malloc'd. -EOPNOTSUPP: no index
 * has it. -E2BIG: more than ACCOUNT_MATCHES_MOST, so that one is met soon by looking at all.
 */
int account_search(struct store *store, const char *folded, struct account_match **ret_matches,
                   size_t *ret_n);
