/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capital letters made small, for a search that ignores them: the same on every host. */
#pragma once

#include <stddef.h>

/*
 * Copies UTF-8 @text to @out (@size bytes, always terminated) with the capitals of the Latin, Greek
 * and Cyrillic alphabets made small, by a table of its own: what an index holds must not depend on
 * a locale. Bytes that are not UTF-8 stay.
 */
void fold_case(char *out, size_t size, const char *text);
