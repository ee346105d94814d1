/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far long work has come: one line on the terminal that is drawn again and again, then gone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum progress_unit {
        PROGRESS_COUNT, /* rows, users, steps */
        PROGRESS_BYTES,
};

/*
 * Progress is for a person who waits, so it is shown on stderr, and only where that is a terminal
 * with this program in its foreground; then after half a second, five times a second at most. In
 * a pipe, a log, a cron job, with TERM=dumb, nothing is ever written. With --json, or without it,
 * what goes to stdout is the same; where the result itself streams to a stdout that is a terminal
 * nothing is shown (@streams), since the two would write over each other.
 *
 *         _cleanup_(progress_end) struct progress progress;
 *
 *         progress_begin(&progress, "users", PROGRESS_COUNT, n_lines, false);
 *         while (...) {
 *                 ...
 *                 progress_at(&progress, n_done);
 *         }
 *
 * shows, cut to the width of the terminal:
 *
 *         users: 41 % (410,000 of 1,000,000), 12,300/s, 48 s left
 *         users: 410,000, 12,300/s, 33 s                           (total not known)
 *
 * It costs next to nothing, so call progress_at() for each row. fail(), warn() and tell() take the
 * line away before they write, and it comes back with the next progress_at(); who writes otherwise
 * (or asks) meanwhile calls progress_hide() before. One at a time; it is not for threads.
 */
struct progress {
        const char *label;
        enum progress_unit unit;
        uint64_t total; /* 0: not known (yet) */
        uint64_t done;

        /* Private to progress.c. */
        uint64_t begun_usec; /* CLOCK_MONOTONIC, as the others */
        uint64_t drawn_usec; /* the last time, and what was done by then */
        uint64_t drawn_done;
        double rate; /* in a second, smoothed; 0: not known yet */
        bool terminal;
};

/*
 * Begins, with nothing done and nothing shown yet. @label: what is counted or what happens, a word
 * or two of this program (never from outside: it is not cleaned). @total: 0, not known; may be set
 * later. @streams: the result goes to stdout meanwhile.
 */
void progress_begin(struct progress *progress, const char *label, enum progress_unit unit,
                    uint64_t total, bool streams);

/* @done of the total is done; what was done before this start counts as well (begun again). */
void progress_at(struct progress *progress, uint64_t done);

/* Takes the line away until the next progress_at(); does nothing where there is none. */
void progress_hide(void);

/* Takes the line away for good. Once more does no harm. */
void progress_end(struct progress *progress);

/* The line as text, without a terminal: for progress.c and its test. */
void progress_text(char *out, size_t size, const struct progress *progress, uint64_t now_usec);
