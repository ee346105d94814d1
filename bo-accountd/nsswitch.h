/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon asks NSS about the users and groups of others: its own it has in the store. */
#pragma once

#include <stddef.h>

/*
 * Takes "bo" out of what this process asks for users and groups, as /etc/nsswitch.conf is now. Else
 * a look-up would come back to what the daemon has published itself: it would keep that file
 * mapped, which grows with the users, and take a role's group for one of the system. Before any
 * thread.
 */
void nsswitch_leave_out_bo(void);

/* @out: @services, what follows "passwd:", without @name and the [...] behind it; "files" if
 * nothing is left. */
void nsswitch_without(char *out, size_t size, const char *services, const char *name);
