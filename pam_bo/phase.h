/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One phase of a login from its begin to the PAM code of its end. */
#pragma once

#include "pam_bo/request.h"

/* Runs the phase for the user of @request, for whom request_begin() said PAM_SUCCESS. */
int phase_run(const struct request *request);
