/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* May this uid's sessions be ended? Decided here, whatever the daemon says. */
#pragma once

#include <stdint.h>

/*
 * NULL, or why not. Allowed are uids that the settings in @config give to bo, that are above those
 * of the system, that /etc/passwd does not have, and that the snapshot of users in @snapshot shows:
 * a daemon that has been taken over writes the snapshot, but neither the settings nor /etc/passwd.
 */
const char *owner_refuses(uint32_t uid, const char *config, const char *snapshot);
