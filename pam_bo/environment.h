/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Variables that the daemon gives a session, into the PAM environment. */
#pragma once

#include "pam_bo/request.h"

/*
 * @text: lines NAME=value, cleaned. Only names BO_..., of capitals and underscores, are taken, and
 * never more or longer ones than a daemon would send. 0 or -ENOMEM.
 */
int environment_put(const struct request *request, const char *text);
