/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with the stacks of a host, each thing once, with all services that share it. */
#pragma once

#include "boctl/check.h"
#include "boctl/pam_judge.h"

struct pam_issue_row {
        enum pam_issue issue;
        unsigned phases; /* bits */
        char *file;      /* "": none to blame */
        unsigned number;
        char *what;
        char services[80]; /* "sshd, login, su"; what has no room is counted */
        unsigned n_more;
        char last[64]; /* the service that was added last */
};

struct pam_issues {
        struct pam_issue_row *rows;
        size_t n_rows;
};

/* false: no memory. @line may be NULL. */
bool pam_issues_add(struct pam_issues *issues, enum pam_issue issue, const struct pam_line *line,
                    const char *what, const char *service, enum pam_phase phase);
void pam_issues_clear(struct pam_issues *issues);

/* As findings of the part "pam". */
void pam_issues_tell(const struct pam_issues *issues, struct check *check);
