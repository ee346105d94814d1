/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which location a terminal is bound to. A value has one location of a customer; several customers
 * may bind the same: merchants share hosts. */
#pragma once

#include "bo-accountd/policy/terminal.h"
#include "bo-accountd/store/location.h"

/* BO_ERR_NO_SUCH_LOCATION; BO_ERR_TERMINAL_TAKEN: bound already, to this or another location of the
 * customer. */
int terminal_bind(struct tx *tx, const char *location, const struct terminal *terminal);
/* BO_ERR_NO_SUCH_TERMINAL: not bound to this location. */
int terminal_unbind(struct tx *tx, const char *location, const struct terminal *terminal);
/* Of a location, ordered. */
int terminal_list(struct store *store, const char *location,
                  int (*each)(void *userdata, const struct terminal *terminal), void *userdata);

/* The customer's location that it is bound to; "" if there is none. Of networks the narrowest that
 * holds @terminal's. */
int terminal_find(struct store *store, const char *customer, const struct terminal *terminal,
                  char ret_location[LOCATION_ID_SIZE]);
