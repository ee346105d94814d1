/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The snapshot that all threads of this process share, renewed when the daemon publishes another.
 */
#pragma once

#include "common/cleanup.h"
#include "nss_bo/snapshot_read.h"

struct slot;

/* What one lookup works on: the shared snapshot, held in its slot, or one of its own. */
struct hold {
        const struct snapshot *snapshot;
        struct slot *slot;
        struct snapshot own;
};

/**
 * hold_current() - the snapshot as it is published now
 * @hold: hold_release() it when 0 was returned
 *
 * Makes no system call while nothing new was published.
 *
 * Return: 0; negative errno if there is none.
 */
int hold_current(struct hold *hold);

void hold_release(struct hold *hold);
