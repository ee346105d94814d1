/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The connection of a verb. */
#include "boctl/boctl.h"

/* A login must not hang, so it waits for a second. Who has typed a command would only type it again
 * when the daemon has much to do; and a script would take "does not answer" for a daemon that is
 * away. */
#define CONNECT_SEC 10

int connect_patiently(bo **ret_bo, const char *socket)
{
        return bo_open_within(ret_bo, socket, CONNECT_SEC);
}
