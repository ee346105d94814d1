/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory as /etc/bo for a test of settings, and what loading it complained of. */
#pragma once

#include "bo-accountd/settings.h"

struct settings_world {
        char directory[64];
        char complaints[8192]; /* one a line, with the directory cut off */
        struct settings *settings;
};

/* Fixtures of cmocka: *state is the world. */
int settings_world_setup(void **state);
int settings_world_teardown(void **state);

/* Writes a file of the directory; @name may be in accountd.conf.d/. */
void settings_world_write(struct settings_world *world, const char *name, const char *text);

/* Loads anew, for which the files of the time before are kept: settings_load()'s answer. */
int settings_world_load(struct settings_world *world);

/* Writes accountd.conf with @text below [Accounts], and loads. */
int settings_world_try(struct settings_world *world, const char *text);
