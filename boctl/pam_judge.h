/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a PAM stack, for users of bo and for local ones. */
#pragma once

#include <stdint.h>

#include "boctl/pam_stack.h"

enum pam_issue {
        PAM_ISSUE_LINE,          /* libpam cannot read a line */
        PAM_ISSUE_MODULE,        /* a module is not there */
        PAM_ISSUE_ARGUMENT,      /* pam_bo does not know an argument: it refuses everybody of bo */
        PAM_ISSUE_OPEN,          /* a user of bo gets in without bo being asked */
        PAM_ISSUE_OPEN_IF,       /* ... if a module says so that decides by something else */
        PAM_ISSUE_NOT_ASKED,     /* bo is not asked where it has to be */
        PAM_ISSUE_NOT_REACHED,   /* ... since lines before pam_bo jump over it, or decide */
        PAM_ISSUE_FALLS_THROUGH, /* who is refused by bo gets in all the same */
        PAM_ISSUE_REFUSED,       /* who is admitted by bo does not get in */
        PAM_ISSUE_ASKED_BEFORE,  /* another module asks users of bo for a password first */
        PAM_ISSUE_SHUT,          /* users of bo are refused without bo being asked */
        PAM_ISSUE_LOCAL,         /* local users do not get in, or not if pam_bo cannot be loaded */
        PAM_ISSUE_COUNT,
};

/* The ids that users may have. */
struct pam_uids {
        bool known;
        uint32_t low, high;
};

struct pam_judge {
        const struct pam_stack *stack;
        enum pam_phase phase;
        bool needed; /* bo has to be asked in this phase of this service */
        bool (*module_exists)(void *userdata, const char *module);
        /* @line: the one to blame, or NULL; @what: its module, an argument, a problem, or "". */
        void (*found)(void *userdata, enum pam_issue issue, const struct pam_line *line,
                      const char *what);
        void *userdata;
        struct pam_uids uids; /* of users of bo */
};

void pam_judge(const struct pam_judge *judge);

/* Is pam_bo in @phase of @stack? */
bool pam_stack_has_bo(const struct pam_stack *stack, enum pam_phase phase);

enum pam_answer {
        PAM_ANSWER_OPEN,   /* it depends on what nobody knows beforehand */
        PAM_ANSWER_HELPER, /* does its work and says nothing about who may */
        PAM_ANSWER_PERMIT,
        PAM_ANSWER_DENY,
        PAM_ANSWER_ROOT,     /* root calls; he is left out here */
        PAM_ANSWER_LOCAL,    /* whom /etc/passwd has */
        PAM_ANSWER_UNIX,     /* whom shadow(5) has */
        PAM_ANSWER_PASSWORD, /* another source with passwords */
        PAM_ANSWER_BO,
};

/* What decides the answer of the module of @line. */
enum pam_answer pam_module_answer(const struct pam_line *line);

enum pam_condition {
        PAM_CONDITION_OPEN, /* it depends, or it is not pam_succeed_if */
        PAM_CONDITION_HOLDS,
        PAM_CONDITION_FAILS,
};

/* What pam_succeed_if of @line says to everybody whose id is in @range. */
enum pam_condition pam_condition(const struct pam_line *line, const struct pam_uids *range);

/* The first argument of pam_bo's @line that it does not know, NULL: none. Free it. */
char *pam_bo_argument_unknown(const struct pam_line *line);
