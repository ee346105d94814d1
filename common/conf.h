/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads INI files (inih) line by line, and tells people what is wrong where, and what was meant. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#define CONF_LINE_MAX 4096 /* bytes, with the line break */

struct conf_line {
        const char *file;
        unsigned number;
        const char *section; /* "" before the first heading */
        const char *key;     /* NULL: the heading of @section itself */
        const char *value;   /* NULL: a line without '=' */
};

/* Where complaints go, and how many there were. */
struct conf_report {
        void (*message)(void *userdata, const char *message); /* may be NULL */
        void *userdata;
        size_t errors;
};

/* "FILE:LINE: text", cleaned for a terminal; without the number if it is 0. */
__attribute__((format(printf, 4, 5))) void conf_complain(struct conf_report *report,
                                                         const char *file, unsigned number,
                                                         const char *format, ...);

/*
 * Hands each heading and each assignment to @take in turn. Comments are whole lines from '#' or ';'
 * on. Malformed lines are complained about, and reading goes on; a file that everybody may write to
 * is complained about and not read. 0, or < 0 errno where the file (-ENOENT: there is none) or
 * memory fails; complaints alone do not change what is returned.
 */
int conf_read(const char *file, void (*take)(void *userdata, const struct conf_line *line),
              void *userdata, struct conf_report *report);

/* Every *.conf of @directory in the order of strcmp(); none if there is no directory. */
int conf_read_directory(const char *directory,
                        void (*take)(void *userdata, const struct conf_line *line), void *userdata,
                        struct conf_report *report);

/* Finds what was probably meant by @word: offer every candidate, then look at @best (or NULL). */
struct conf_nearest {
        const char *word;
        const char *best;
        size_t distance;
};

void conf_nearest_offer(struct conf_nearest *nearest, const char *candidate);
