/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a unit is, in the words of systemd. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define UNIT_WORD_SIZE 32

struct unit_state {
        char load[UNIT_WORD_SIZE];   /* loaded, not-found, masked, bad-setting, error */
        char active[UNIT_WORD_SIZE]; /* active, inactive, failed, activating ... */
        char file[UNIT_WORD_SIZE];   /* enabled, disabled, masked ... */
        char result[UNIT_WORD_SIZE]; /* success, exit-code ... */
        bool reload_needed;          /* the file is newer than what systemd has read */
        uint32_t main_pid;           /* 0: none, or no service */
};

/* 0; < 0: systemd does not run here (-ENOENT), or gave no answer. */
int unit_state_get(const char *unit, struct unit_state *ret_state);
