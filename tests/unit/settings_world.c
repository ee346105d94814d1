/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory as /etc/bo for a test of settings, and what loading it complained of. */
#include "tests/unit/unit.h"

#include "tests/temp.h"
#include "tests/unit/settings_world.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

int settings_world_setup(void **state)
{
        struct settings_world *world = calloc(1, sizeof(*world));
        char drop_ins[96];

        if (!world)
                return -1;
        *state = world;
        if (!temp_directory(world->directory, sizeof(world->directory), "/tmp/bo-settings-"))
                return -1;
        snprintf(drop_ins, sizeof(drop_ins), "%s/accountd.conf.d", world->directory);
        return mkdir(drop_ins, 0755);
}

static int remove_entry(const char *path, const struct stat *facts, int type, struct FTW *walk)
{
        return remove(path);
}

int settings_world_teardown(void **state)
{
        struct settings_world *world = *state;

        settings_free(world->settings);
        nftw(world->directory, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
        free(world);
        return 0;
}

void settings_world_write(struct settings_world *world, const char *name, const char *text)
{
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", world->directory, name);

        FILE *file = fopen(path, "we");

        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void on_complaint(void *userdata, const char *message)
{
        struct settings_world *world = userdata;
        size_t prefix = strlen(world->directory) + 1, used = strlen(world->complaints);

        assert_memory_equal(message, world->directory, prefix - 1);
        snprintf(world->complaints + used, sizeof(world->complaints) - used, "%s\n",
                 message + prefix);
}

int settings_world_load(struct settings_world *world)
{
        world->settings = settings_free(world->settings);
        world->complaints[0] = '\0';
        return settings_load(&world->settings, world->directory, on_complaint, world);
}

int settings_world_try(struct settings_world *world, const char *text)
{
        char whole[4096];

        snprintf(whole, sizeof(whole), "[Accounts]\n%s", text);
        settings_world_write(world, "accountd.conf", whole);
        return settings_world_load(world);
}
