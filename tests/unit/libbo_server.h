/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server for libbo that answers what the test wants, in shapes that the daemon never sends. */
#pragma once

#include <pthread.h>

struct server {
        char directory[32];
        char path[64];
        int listener;
        pthread_t thread;
};

/* Set-up and teardown of a test, whose state is the struct server: it serves one connection. */
int server_start(void **state);
int server_stop(void **state);

/* A socket that nobody accepts from. */
int server_listen(const char *path);

/* From now on the service "interrupt" sends SIGUSR1 to this thread while it waits; the other ends
 * that, and tells how many came. */
void server_watch_caller(void);
int server_signals_sent(void);
