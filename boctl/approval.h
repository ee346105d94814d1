/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the verbs of approvals share. */
#pragma once

#include "boctl/boctl.h"

DEFINE_CLEANUP(struct bo_approval *, bo_approval_free)

/* The number of a request. EXIT_DONE, or told. */
int approval_id(const char *text, uint64_t *ret_id);
