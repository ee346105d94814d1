/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that must not stay when boctl is broken off: half of what was asked for, and secret. */
#include "boctl/leftover.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "common/cleanup.h"

static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGQUIT};

static int directory_fd;
static const char *const *volatile leftovers;

/* The program then ends by the signal, as it would have without. */
static void signal_break_off(int number)
{
        const char *const *names = leftovers;

        for (size_t i = 0; names && names[i]; i++)
                (void)unlinkat(directory_fd, names[i], 0); /* what is not there need not go */
        (void)raise(number); /* by now with its default, blocked until this returns */
}

void leftover_begin(int directory, const char *const *names)
{
        leftovers = NULL;
        directory_fd = directory;
        leftovers = names;
        for (size_t i = 0; i < ELEMENTS(signals); i++) {
                struct sigaction action = {.sa_handler = signal_break_off,
                                           .sa_flags = (int)SA_RESETHAND};
                struct sigaction before;

                /* nohup(1) and a shell's background have some ignored, and a reader has its own. */
                if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
                        (void)sigaction(signals[i], &action, NULL); /* it cannot fail */
        }
}

void leftover_keep(void)
{
        leftovers = NULL;
}
