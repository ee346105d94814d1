/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions of users, and whose have to end. */
#pragma once

#include "bo-accountd/store/store.h"

/* The sessions that @uid has now must end: kept until bo-sessiond has seen to it. */
int session_must_end(struct tx *tx, uint32_t uid);
