/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login's end means to the application, and the line about it in the log. */
#pragma once

#include "pam_bo/request.h"

/* @result: 0, a BO_ERR_* or a negative errno. Only 0 becomes PAM_SUCCESS, nothing PAM_IGNORE. */
int outcome_to_pam(enum bo_phase phase, int result);

void outcome_log(const struct request *request, int result);
