/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets typed, piped or made; never from the command line or the environment (R7). */
#pragma once

#include "boctl/boctl.h"

/* Declare with _cleanup_(secret_wipe); holds bytes without NUL, ended by one. */
struct secret_line {
        char text[BO_ANSWER_MAX + 1];
};

void secret_wipe(struct secret_line *secret);

/*
 * Asks on the terminal if the standard input is one, with echo off unless @visible; else reads one
 * line of the standard input. All of these: EXIT_DONE, or told.
 */
int secret_ask(struct secret_line *secret, const char *prompt, bool visible);

/* Asks for a new password twice (R73). */
int secret_ask_new(struct secret_line *secret);

/* The new password of an API user as --password-fd, --generate or the terminal give it. */
int secret_for_api(struct secret_line *secret, const struct request *request);
