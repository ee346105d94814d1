/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an old database loses, for who finds that it is one. */
#pragma once

#include "bo-accountd/store/mark.h"
#include "bo-accountd/store/store_private.h"

/* How far the database has come. BO_ERR_AUDIT_BROKEN. */
int generation_state(struct store *store, struct mark *ret_mark);

/* In a transaction of its own, then the mark is written. @state: of the database; @mark: what was
 * known of the newest, zeroed if nothing is. */
int generation_void(struct store *store, const char *reason, const struct mark *state,
                    const struct mark *mark);
