/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that ask in the name of a service, by its Callers=. */
#pragma once

#include "bo-accountd/ops/op.h"

/*
 * Is the actor root, or does Callers= of @service name him? Then he may ask there about anybody,
 * and what he says of where that one comes from counts. By NSS, so never on the main thread.
 */
bool actor_calls_for(const struct op *op, const char *service);
