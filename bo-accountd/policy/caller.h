/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Callers= of a service: which programs beside root ask in its name, as text. */
#pragma once

#include "bo-accountd/policy/name.h"

#include <stdbool.h>
#include <stdint.h>

enum caller_kind {
        CALLER_USER,  /* of this host, by name */
        CALLER_UID,   /* of this host or of bo */
        CALLER_GROUP, /* of this host, written as @NAME */
};

struct caller {
        enum caller_kind kind;
        uint32_t uid;
        char name[NAME_MAX_BYTES + 1];
};

/*
 * Takes the next word from *@list, separated by spaces. 1: *ret_caller is what it says, 0: there is
 * none left, -EINVAL: it is no name of a user of a host, no uid and no @group.
 */
int caller_next(const char **list, struct caller *ret_caller);

/* Does every word name somebody? An empty list does. */
bool caller_list_is_valid(const char *list);
