/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Question to the person, answer to the daemon, until it says done. */
#pragma once

#include "pam_bo/request.h"

/*
 * @question is the first one, and the last one afterwards. Returns the outcome: 0 or a BO_ERR_*;
 * < 0, a negative errno: there was none.
 */
int relay_run(const struct request *request, bo *client, struct bo_question *question);
