/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that must not stay when boctl is broken off: half of what was asked for, and secret. */
#pragma once

/*
 * From here on Ctrl-C, a hang-up or a kill(1) takes away the files of @names (ended by NULL, and
 * both stay as they are until leftover_keep()) in the directory @directory, an AT_FDCWD or a
 * descriptor. One set at a time: these take the place of those before.
 */
void leftover_begin(int directory, const char *const *names);

/* They are in their place, or gone. */
void leftover_keep(void);
