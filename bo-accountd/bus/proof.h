/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What auth phases proved, until their session phase comes, by another connection. */
#pragma once

#include "bo-accountd/ops/login.h"

/* @id: the number of the login, which the module passes on as BO_LOGIN. */
void proof_keep(uint64_t id, const struct login_proof *proof);

/* Good once; all zero if there is none, or not any more. */
struct login_proof proof_take(uint64_t id);
