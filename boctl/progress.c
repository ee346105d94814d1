/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line that tells how far long work has come, drawn on the terminal and taken away again. */
#include "boctl/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/clock.h"

#define FIRST_USEC (500 * USEC_PER_MSEC)
#define EVERY_USEC (200 * USEC_PER_MSEC)

/* A line stands on the terminal. Of the program, as the terminal is. */
static bool shown;

static bool is_terminal(bool streams)
{
        const char *kind = getenv("TERM");

        return isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb") != 0 &&
               !(streams && isatty(STDOUT_FILENO));
}

void progress_begin(struct progress *progress, const char *label, enum progress_unit unit,
                    uint64_t total, bool streams)
{
        uint64_t now_usec = clock_monotonic_usec();

        *progress = (struct progress){
                .label = label,
                .unit = unit,
                .total = total,
                .begun_usec = now_usec,
                .drawn_usec = now_usec + FIRST_USEC - EVERY_USEC,
                .terminal = is_terminal(streams),
        };
}

/* The newest fifth of a second counts for a fifth: work that gets slower is seen to. */
static void rate_take(struct progress *progress, uint64_t now_usec)
{
        bool first = progress->rate <= 0;
        uint64_t since = first ? progress->begun_usec : progress->drawn_usec;
        uint64_t before = first ? 0 : progress->drawn_done;
        double seconds = (double)(now_usec - since) / (double)USEC_PER_SEC;
        double newest = progress->done > before && seconds > 0
                                ? (double)(progress->done - before) / seconds
                                : 0;

        progress->rate = first ? newest : progress->rate * 0.8 + newest * 0.2;
        progress->drawn_usec = now_usec;
        progress->drawn_done = progress->done;
}

static void draw(const struct progress *progress, uint64_t now_usec)
{
        struct winsize window = {0};
        char text[160];
        int width = 79;

        if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1)
                width = window.ws_col - 1;
        progress_text(text, sizeof(text), progress, now_usec);
        /* Not in the middle of a UTF-8 character, as a locale may have between digits. */
        while ((size_t)width < strlen(text) && (text[width] & 0xc0) == 0x80)
                width--;
        fprintf(stderr, "\r%.*s\033[K", width, text);
        shown = true;
}

void progress_at(struct progress *progress, uint64_t done)
{
        uint64_t now_usec;

        progress->done = done;
        if (!progress->terminal)
                return;
        now_usec = clock_monotonic_usec();
        if (now_usec < progress->drawn_usec + EVERY_USEC)
                return;
        rate_take(progress, now_usec);
        /* In the background of a shell the terminal is somebody else's. */
        if (tcgetpgrp(STDERR_FILENO) == getpgrp())
                draw(progress, now_usec);
}

void progress_hide(void)
{
        if (!shown)
                return;
        fputs("\r\033[K", stderr);
        shown = false;
}

void progress_end(struct progress *progress)
{
        progress->terminal = false;
        progress_hide();
}
