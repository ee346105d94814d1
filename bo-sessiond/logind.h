/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of logind; without it, only the processes of a user are ended. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/* NULL if there is no system bus. */
sd_bus *logind_open(void);

/* Asks for the orderly end of all sessions of @uid, whoever runs in them. < 0: logind is away. */
int logind_terminate(sd_bus *bus, uint32_t uid);

/* Kills whatever runs in them. */
int logind_kill(sd_bus *bus, uint32_t uid);

/* Does logind know sessions of @uid? */
bool logind_has_sessions(uint32_t uid);
