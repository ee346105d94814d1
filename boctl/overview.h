/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How bo is on one screen, for operators: users, sessions, mail, findings. */
#pragma once

#include "boctl/boctl.h"

struct overview_count {
        uint64_t n;
        bool more; /* that many were counted, and there are others */
};

#define OVERVIEW_STATUSES 6

extern const char *const overview_statuses[OVERVIEW_STATUSES];

struct overview {
        struct overview_count users[OVERVIEW_STATUSES]; /* by status */
        struct overview_count sessions, mails_waiting, mails_given_up, sources, approvals;
        uint64_t faults, warnings;
};

/* Asks for it. false: it is not for the caller, or cannot be had now. */
bool overview_get(const struct request *request, struct overview *ret_overview);

/* Shows it behind the status of the caller. EXIT_DONE, or told. */
int overview_show(const struct request *request, const struct overview *overview);

/* How many requests of addresses wait for @user: at the customer that he acts for, not his own. */
bool overview_to_approve(const struct request *request, const struct bo_user *user,
                         struct overview_count *ret_count);
