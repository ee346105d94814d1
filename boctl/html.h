/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of anybody, made safe for a page. */
#pragma once

#include <stdio.h>

/* @text within an element or a quoted attribute. */
void html_escaped(FILE *out, const char *text);

/* @begin and @end as they stand, @text between them escaped. */
void html_element(FILE *out, const char *begin, const char *text, const char *end);
