/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A backup that comes back: looked at while the daemon runs, put in place when it begins. */
#pragma once

#include "bo-accountd/factor/keys.h"

#include <stdbool.h>

/*
 * Beside the database (@database.NAME):
 *
 * - incoming: what boctl put there, to be looked at.
 * - verdict: what bo-accountd --check-restore says of it: "sound" or "refused", then lines for
 * people.
 * - checked: the database in it, if it is sound.
 * - restore: the same, renamed by boctl when somebody has said that he wants it.
 * - replaced-N: the database that was in its place.
 *
 * The first three are gone with the next start, unless a boctl restore that needs them holds its
 * lock on the directory. Each step is one rename, so whoever is killed leaves the old or the new
 * one whole, and the next start goes on.
 */

/* Looks at what came, with the keys and the settings of the daemon. The exit code. */
int restore_check(const char *database, const struct keys *keys);

/* What is wanted takes the place of the database. 0: also if nothing is wanted. */
int restore_finish(const char *database, const struct keys *keys);

/* Is there one that is wanted? */
bool restore_waits(const char *database);
