/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that came from outside, made safe for a terminal, a log line or a look-up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies @text to @out (@size bytes, always terminated). Control characters, invalid UTF-8 and
 * the marks that reorder text (bidi, zero width) become '?'. Line breaks stay if @keep_lines.
 */
void text_clean(char *out, size_t size, const char *text, bool keep_lines);

/* Lowers ASCII letters in place; other bytes stay. */
void text_fold(char *text);

/*
 * A numeric address in its one form: IPv4-mapped IPv6 becomes IPv4, the scope is dropped.
 * false, and @out empty, if @text is no numeric address: names are never resolved.
 */
bool text_address(char *out, size_t size, const char *text);
