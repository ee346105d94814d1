/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What bo itself asks of a new password, below libpwquality's rules (R74; PCI DSS v4.0.1 8.3.6),
 * and with which old ones it must be compared (R46, R47). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PASSWORD_MAX_BYTES 512 /* PAM_MAX_RESP_SIZE: what any application can type */

struct password_rule {
        uint32_t min_length;        /* characters (UTF-8), not bytes */
        bool letters_and_digits;    /* at least one of each */
        uint32_t history;           /* how many of the last ones, the present one included (R46) */
        uint64_t reuse_window_usec; /* every one in use within it (R47) */
};

enum password_flaw {
        PASSWORD_FLAW_NONE,
        PASSWORD_FLAW_EMPTY,
        PASSWORD_FLAW_SHORT,
        PASSWORD_FLAW_LONG,
        PASSWORD_FLAW_NO_LETTER,
        PASSWORD_FLAW_NO_DIGIT,
        PASSWORD_FLAW_CONTROL,  /* control characters or malformed UTF-8: could not be typed again
                                   everywhere */
        PASSWORD_FLAW_HAS_NAME, /* contains the user name or the part before '@', where that is of 4
                                   letters or more, ignoring case */
};

/* @password is @size bytes, not terminated; @name is the folded user name. */
enum password_flaw password_rule_check(const struct password_rule *rule, const char *password,
                                       size_t size, const char *name);

/* A sentence for the prompt that asks again, as "It must have at least 12 characters."; empty for
 * no flaw; @out of 128 bytes is enough. */
void password_flaw_text(enum password_flaw flaw, const struct password_rule *rule, char *out,
                        size_t size);

/*
 * Must a new password differ from the one that is @index-th newest (0 = the present one) and was
 * replaced at @replaced_usec (0 = still in use)? The window ends exactly reuse_window_usec after
 * the replacement; a clock set back makes it longer.
 */
bool password_rule_compares(const struct password_rule *rule, size_t index, uint64_t replaced_usec,
                            uint64_t now_usec);
