/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places of a test's own, under names that nobody has. */
#pragma once

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
        TEMP_LETTERS = 6, /* that mkdtemp() and mkstemp() replace */
};

/* @stem and the letters to be replaced; NULL: they do not fit, errno tells. */
static inline char *temp_template(char *out, size_t size, const char *stem)
{
        size_t n = strlen(stem);

        if (n + TEMP_LETTERS >= size) {
                errno = ENAMETOOLONG;
                return NULL;
        }
        memcpy(out, stem, n);
        memset(out + n, 'X', TEMP_LETTERS);
        out[n + TEMP_LETTERS] = '\0';
        return out;
}

/* Makes a directory that begins with @stem; NULL: errno tells. */
static inline char *temp_directory(char *out, size_t size, const char *stem)
{
        return temp_template(out, size, stem) ? mkdtemp(out) : NULL;
}

/* A path that begins with @stem, where nothing is; NULL: errno tells. */
static inline char *temp_path(char *out, size_t size, const char *stem)
{
        int fd = temp_template(out, size, stem) ? mkstemp(out) : -1;

        if (fd < 0)
                return NULL;
        close(fd);
        return unlink(out) == 0 ? out : NULL;
}
