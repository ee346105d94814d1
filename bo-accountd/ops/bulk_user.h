/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's row: its fields in their order, and what they say. */
#pragma once

#include "bo-accountd/ops/bulk_member.h"

enum {
        BULK_USER_NAME,
        BULK_USER_KIND,
        BULK_USER_GENERATED,
        BULK_USER_FULL_NAME,
        BULK_USER_UID,
        BULK_USER_HOME,
        BULK_USER_SHELL,
        BULK_USER_DISABLED,
        BULK_USER_DISABLED_REASON,
        BULK_USER_MEMBERSHIPS,
        BULK_USER_FORMER_NAMES,
};

/* What a row says of a user. */
struct bulk_user {
        struct account account;
        bool uid_given;
        struct bulk_members members;
        char *former_text, **former;
        size_t n_former;
};

void bulk_user_clear(struct bulk_user *user);

/* Into an empty @user. A refusal is told, and row->field says of what. */
int bulk_user_parse(struct op *op, struct bulk_row *row, struct bulk_user *user);

/* Is @account what the row wants? As bulk_compare(). */
int bulk_user_compare(struct op *op, struct bulk_row *row, const struct account *account,
                      const struct bulk_user *wanted);

/* The two of struct bulk_kind. */
int bulk_user_put(struct op *op, struct tx *tx, struct bulk_row *row);
int bulk_user_finish(struct op *op, struct tx *tx, struct bulk_import *call);
