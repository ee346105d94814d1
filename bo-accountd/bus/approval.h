/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the interfaces that tell of requests for addresses share. */
#pragma once

#include "bo-accountd/ops/approval.h"

#include <systemd/sd-bus.h>

/* All properties of one, as an a{sv}. */
int approval_append(sd_bus_message *reply, const struct approval_view *view);

void path_of_approval(char out[64], uint64_t id);
