/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of recovery codes: made, shown once, stored as hashes (R62). */
#pragma once

#include "bo-accountd/factor/recovery.h"
#include "bo-accountd/ops/op.h"
#include "common/secret.h"

struct recovery_set {
        struct secret *text; /* the codes, one a line; NULL: no set */
};

int recovery_set_make(struct recovery_set *ret_set);
void recovery_set_clear(struct recovery_set *set);

/* With the key that is in force then; in place of the codes that there were; recorded. */
int recovery_set_store(struct op *op, struct tx *tx, const struct account *account,
                       const struct recovery_set *set);
