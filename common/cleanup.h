/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scope-bound release of what a function holds, and hand-over of it to the caller. */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))

/* Hands the pointer on and leaves NULL behind, so that _cleanup_ has nothing to free. */
#define TAKE_PTR(pointer)                                                                          \
        __extension__({                                                                            \
                __typeof__(pointer) *taken_from_ = &(pointer);                                     \
                __typeof__(pointer) taken_ = *taken_from_;                                         \
                *taken_from_ = NULL;                                                               \
                taken_;                                                                            \
        })

#define TAKE_FD(fd)                                                                                \
        __extension__({                                                                            \
                int *taken_from_ = &(fd);                                                          \
                int taken_ = *taken_from_;                                                         \
                *taken_from_ = -1;                                                                 \
                taken_;                                                                            \
        })

/* Makes NAMEp, usable with _cleanup_, out of a destructor that takes NULL. */
#define DEFINE_CLEANUP(type, function)                                                             \
        static inline void function##p(type *pointer)                                              \
        {                                                                                          \
                if (*pointer)                                                                      \
                        function(*pointer);                                                        \
        }

#define ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static inline void freep(void *pointer)
{
        free(*(void **)pointer);
}

static inline void closep(int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

DEFINE_CLEANUP(FILE *, fclose)
DEFINE_CLEANUP(DIR *, closedir)
