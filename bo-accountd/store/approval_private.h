/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a row of approval is read. */
#pragma once

#include "bo-accountd/store/approval.h"
#include "bo-accountd/store/store_private.h"

#define APPROVAL_SELECT                                                                            \
        "SELECT id, customer, network, comment, requester, requested_usec, expires_usec,"          \
        " clock_epoch, status, decided_usec, decided_by, revoked_usec, revoked_by, reason,"        \
        " taken_usec FROM approval "

/* Of the present row, its status as it is now. */
int approval_read(struct tx *tx, struct sql_rows *rows, struct approval *ret_approval);
