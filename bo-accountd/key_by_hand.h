/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes of a key file by its administrator, where it is a credential of systemd. */
#pragma once

/*
 * A new key in the file at @path; what @id names is retired. @present: the newest key of the file,
 * of which the daemon says that it is in force; NULL: the file tells that itself. 0 or a negative
 * errno, told either way.
 */
int key_by_hand_add(const char *path, const char *present);
int key_by_hand_retire(const char *path, const char *id, const char *present);
