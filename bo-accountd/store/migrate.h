/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The steps from an empty database to the present schema. */
#pragma once

#include "bo-accountd/store/store_private.h"

/* How many migrations there are: the version of the present schema. */
int migrate_newest(void);

/* From the version that is there to @version, each step in a transaction of its own. */
int migrate_to(struct store *store, int version);
