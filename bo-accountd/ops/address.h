/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an address is one that a customer has approved (R68, R70, R71). */
#pragma once

#include "bo-accountd/ops/op.h"
#include "bo-accountd/policy/network.h"

/*
 * Is @rhost within a range that @customer has approved, as the list stands now? Read as a number
 * and compared in binary, IPv4-mapped IPv6 as the IPv4 that it stands for. Neither of: an empty
 * one, a name, a link-local address or another one with a scope, a short or octal form of one, that
 * of no customer ("").
 */
int address_is_approved(struct op *op, const char *customer, const char *rhost, bool *ret_approved);

/* Is @rhost, read likewise, within @network? */
bool address_is_within(const struct network *network, const char *rhost);
