/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl on another host, by ssh. */
#pragma once

#include "boctl/boctl.h"

/* Runs the same command on the host of --remote; its exit code, 3 if there was no way to it. */
int remote_run(const struct request *request);
