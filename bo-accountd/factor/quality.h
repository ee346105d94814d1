/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libpwquality with the site's configuration, above bo's own rule (R74). */
#pragma once

#include "bo-accountd/policy/password_rule.h"
#include "common/secret.h"

/*
 * 0 good; 1 bad, with a sentence for the prompt in @why; < 0 errno (a site configuration or a
 * dictionary that cannot be read is an error, not a pass). @old may be NULL. bo's rule is tested
 * first, then that it is nothing that the password prompt would take for a token; libpwquality's
 * minlen is raised to the rule's. Without /etc/security/pwquality.conf libpwquality's defaults
 * hold. One at a time: cracklib below keeps its dictionary in static memory.
 */
int quality_check(const struct password_rule *rule, const struct secret *password,
                  const struct secret *old, const char *name, char *why, size_t size);
