/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of users and customers: what is allowed, after folding to lower case (R25). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NAME_MAX_BYTES 254 /* RFC 5321 4.5.3.1.3, less the angle brackets */

/*
 * Folds @name into @out (NAME_MAX_BYTES + 1). -EINVAL, and @out empty: too long, empty, or not of
 * the two kinds: a user name [a-z_][a-z0-9_.-]{0,31}, so never one that looks like a number, or an
 * e-mail address (name_is_email).
 */
int name_fold(char *out, const char *name);

/*
 * A plain ASCII mailbox: a local part of at most 64 letters, digits and . _ + - (neither first nor
 * last a dot, no two dots), a domain of at least two labels of LDH. Not all of RFC 5321: the name
 * becomes part of a path, of a passwd line and of ssh's command line, whose client refuses the
 * shell's characters in a user name.
 */
bool name_is_email(const char *folded);

/* 1..32 of a-z 0-9 '-', starting with a letter, not ending with '-'. */
bool name_is_customer_id(const char *id);

/* A home or shell: absolute, UTF-8, no ':', no control character, no "//", "." or "..", no '/' at
 * the end (but for "/" alone), at most 255 bytes. */
bool name_is_path(const char *path);

/* Text of a person (full name, alias): UTF-8, at most 128 bytes, not empty, nothing that
 * text_is_harmless() rejects, no ':' or ',', which part the fields of a passwd line. */
bool name_is_gecos(const char *text);

/* One line of UTF-8 of 1 to @most bytes, with nothing that text_is_harmless() rejects. */
bool name_is_line(const char *text, size_t most);
