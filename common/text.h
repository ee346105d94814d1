/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that came from outside, made safe for a terminal, a log line or a look-up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one UTF-8 character (RFC 3629) of at most @size bytes: how many it took, -1 if malformed.
 */
int text_decode(const void *bytes, size_t size, uint32_t *ret_code);

/* false for C0, DEL, C1, and what changes the order or presence of other characters on a screen. */
bool text_is_harmless(uint32_t code);

/*
 * Copies @text to @out (@size bytes, always terminated). Control characters, invalid UTF-8 and
 * the marks that reorder text (bidi, zero width) become '?'. Line breaks stay if @keep_lines.
 */
void text_clean(char *out, size_t size, const char *text, bool keep_lines);

/* Lowers ASCII letters in place; other bytes stay. */
void text_fold(char *text);

/*
 * A numeric address in its one form: IPv4-mapped IPv6 becomes IPv4, the scope of a link-local one
 * (RFC 4007) is dropped. false, and @out empty, if @text is no numeric address, or has a scope that
 * means nothing: names are never resolved.
 */
bool text_address(char *out, size_t size, const char *text);
