/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection to the daemon that one PAM handle keeps between the phases of one login. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

#include "libbo/bo.h"

/*
 * The daemon remembers on a connection that its user's password was just proven, so that a forced
 * change does not ask for it again. It is kept in the handle for the same user in the same process
 * only: sshd forks between its phases, and PAM_USER may change.
 */

/* The kept connection, or NULL if there is none that @user may go on with; such a one is dropped.
 */
bo *link_kept(pam_handle_t *pamh, const char *user);

/* Whether this process has kept a connection for another user than @user. */
bool link_of_another(pam_handle_t *pamh, const char *user);

/* Whether this process has kept one for @user as a user of bo: the sources of names agreed then. */
bool link_is_of_bo(pam_handle_t *pamh, const char *user);

/* Opens a new one and keeps it; 0 or a negative errno. @known: it is bo's user. */
int link_open(pam_handle_t *pamh, const char *user, bool known, const char *socket, bo **ret_bo);

void link_drop(pam_handle_t *pamh);
