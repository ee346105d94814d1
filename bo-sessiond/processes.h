/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes of users, wherever they run: counted and signalled. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct owner_count {
        uint32_t uid;
        const int *signals; /* to each of them, ended by 0; NULL: none */
        size_t n;           /* those that only wait to be reaped are none */
};

/*
 * Looks through all processes once, fills in counts[].n, and sends the signals. What counts is the
 * real uid: root's programs that act as somebody for a moment (sshd, cron) are root's, and what a
 * user started by way of a set-uid bit is his. < 0: /proc cannot be read.
 */
int processes_signal(struct owner_count *counts, size_t n_counts);
