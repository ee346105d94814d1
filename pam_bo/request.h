/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of an entry point: for whom, in which phase, with which arguments. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

#include "libbo/bo.h"
#include "pam_bo/arguments.h"

struct request {
        pam_handle_t *pamh;
        unsigned flags;
        enum bo_phase phase;
        bool close; /* session: it ends */
        struct arguments arguments;
        const char *user;           /* PAM_USER as it is now; belongs to libpam */
        bool known;                 /* bo's user: may be named in the log */
        char name[BO_USER_MAX + 1]; /* clean, for the daemon and the log */
};

/*
 * Finds out for whom the call is. PAM_SUCCESS: bo's or unknown, the daemon decides; anything else
 * is the answer to the application.
 */
int request_begin(struct request *request, int argc, const char **argv);

/* Logs what is for debug alone; never a secret, never a name that bo does not know. */
void request_debug(const struct request *request, const char *what);

/* "alice@shop.example", or words for a name that may be a password typed in its place. */
const char *request_who(const struct request *request);
