/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands behind pam_bo.so on its line in /etc/pam.d. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

struct arguments {
        const char *socket;     /* socket=PATH; NULL: the usual one. Belongs to libpam */
        const char *permission; /* permission=NAME; NULL: none, nor a slip in it. Likewise */
        bool foreign_ignore;    /* foreign=ignore */
        bool use_first_pass;
        bool try_first_pass;
        bool use_authtok;
        bool debug;
        bool bad; /* a word that is not known: fail closed for bo's users */
};

/* Reads every word, also behind a bad one: foreign=ignore must count wherever a typo stands. */
struct arguments arguments_parse(pam_handle_t *pamh, int argc, const char **argv);
