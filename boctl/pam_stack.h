/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The stack of a PAM service as libpam reads it from /etc/pam.d, and what would come of it. */
#pragma once

#include <limits.h>
#include <security/_pam_types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/cleanup.h"

enum pam_phase {
        PAM_PHASE_AUTH,
        PAM_PHASE_ACCOUNT,
        PAM_PHASE_PASSWORD,
        PAM_PHASE_SESSION,
        PAM_PHASE_COUNT,
};

/* "auth" */
const char *pam_phase_name(enum pam_phase phase);

/* What a return value does to the stack; above 0: jump over so many lines. */
enum pam_action {
        PAM_ACTION_IGNORE = 0,
        PAM_ACTION_OK = -1,
        PAM_ACTION_DONE = -2,
        PAM_ACTION_BAD = -3,
        PAM_ACTION_DIE = -4,
        PAM_ACTION_RESET = -5,
        PAM_ACTION_UNSET = -6, /* while a control is read */
};

#define PAM_RETURNS _PAM_RETURN_VALUES
#define PAM_NESTED  16   /* files within files, as deep as libpam follows them */
#define PAM_LINES   2048 /* of a service: more are a mistake, not a stack */

struct pam_line {
        const char *file; /* of the stack */
        unsigned number;
        int level;     /* of substacks */
        bool quiet;    /* begins with '-': the module may be missing */
        bool substack; /* where one begins; no module */
        int actions[PAM_RETURNS];
        char *module; /* as written; NULL: libpam cannot read the line and fails when it meets it */
        char *arguments;     /* parted by single blanks */
        const char *problem; /* what libpam cannot read, else NULL */
};

struct pam_stack {
        struct pam_line *lines[PAM_PHASE_COUNT];
        size_t n_lines[PAM_PHASE_COUNT];
        bool other[PAM_PHASE_COUNT]; /* the service has no line: libpam takes those of "other" */
        char **files;                /* that were read */
        size_t n_files;
        struct pam_stack *others; /* the stack of "other", to which some of the lines belong */
        const char *aborted; /* why libpam takes nothing of it and refuses everybody, or NULL */
        const char *aborted_file;
        unsigned aborted_number;
        bool missing; /* there is no file of the service: all is of "other" */
};

/* Where files are read from: opens the one that pam.d calls @name and tells its @path; NULL: errno.
 */
struct pam_files {
        FILE *(*open)(void *userdata, const char *name, char path[PATH_MAX]);
        void *userdata;
};

/* Below @userdata, a directory ("": the root): /etc/pam.d, else /usr/lib/pam.d. */
FILE *pam_file_open(void *userdata, const char *name, char path[PATH_MAX]);

/* 0, or -ENOMEM. What libpam could not read is in the stack as lines with a problem. */
int pam_stack_read(const struct pam_files *files, const char *service,
                   struct pam_stack **ret_stack);
struct pam_stack *pam_stack_free(struct pam_stack *stack);
DEFINE_CLEANUP(struct pam_stack *, pam_stack_free)

/* Is @line one of @module ("pam_unix", with or without directory and ".so")? */
bool pam_line_is(const struct pam_line *line, const char *module);

/* Has it the word @argument? */
bool pam_line_has(const struct pam_line *line, const char *argument);

/* A control, [success=1 default=ignore] without the brackets. false: libpam cannot read it and
 * takes every value for bad. */
bool pam_control_read(const char *text, int actions[PAM_RETURNS]);

/* What a module returns in a run: a PAM code. */
typedef int pam_module_fn(void *userdata, const struct pam_line *line);

/*
 * What the application gets when the modules of @phase return what @module says: a PAM code.
 * @ret_decided, unless NULL: the line that made it fail, or NULL.
 */
int pam_stack_run(const struct pam_stack *stack, enum pam_phase phase, pam_module_fn *module,
                  void *userdata, const struct pam_line **ret_decided);
