/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of its own for a test, and keys in it. */
#include "tests/unit/unit.h"

#include "tests/temp.h"
#include "tests/unit/factor_world.h"

int factor_world_setup(void **state)
{
        struct factor_world *world = calloc(1, sizeof(*world));

        if (!world)
                return -1;
        *state = world;
        if (!temp_directory(world->directory, sizeof(world->directory), "/tmp/bo-factor-"))
                return -1;
        snprintf(world->path, sizeof(world->path), "%s/key", world->directory);
        return keys_load(&world->keys, NULL, world->path, true);
}

int factor_world_teardown(void **state)
{
        struct factor_world *world = *state;

        keys_free(world->keys);
        unlink(world->path);
        rmdir(world->directory);
        free(world);
        return 0;
}
