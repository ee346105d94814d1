/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of its own for a test, and keys in it. */
#pragma once

#include <stdio.h>

#include "bo-accountd/factor/keys.h"

struct factor_world {
        char directory[64];
        char path[128]; /* of the key file */
        struct keys *keys;
};

/* Fails the test if it cannot be made. Used as fixtures of cmocka: *state is the world. */
int factor_world_setup(void **state);
int factor_world_teardown(void **state);
