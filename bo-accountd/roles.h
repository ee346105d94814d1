/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of roles.conf share. */
#pragma once

#include "bo-accountd/settings.h"
#include "common/conf_named.h"

/* The sections [Permission NAME]; their userdata are the settings. */
extern const struct conf_kind permission_kind;

/* What a role lists is a permission, without marks, although it has no section. 0 or -ENOMEM. */
int permissions_complete(struct settings *settings);
void permissions_free(struct settings *settings);
