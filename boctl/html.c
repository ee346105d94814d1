/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text of anybody, made safe for a page. */
#include "boctl/html.h"

void html_escaped(FILE *out, const char *text)
{
        for (const char *c = text; *c; c++)
                switch (*c) {
                case '&':
                        fputs("&amp;", out);
                        break;
                case '<':
                        fputs("&lt;", out);
                        break;
                case '>':
                        fputs("&gt;", out);
                        break;
                case '\'':
                        fputs("&#39;", out);
                        break;
                case '"':
                        fputs("&quot;", out);
                        break;
                default:
                        /* A page may be looked at on a terminal, and XML has none of these. */
                        fputc((unsigned char)*c < ' ' && *c != '\n' && *c != '\t' ? '?' : *c, out);
                }
}

void html_element(FILE *out, const char *begin, const char *text, const char *end)
{
        fputs(begin, out);
        html_escaped(out, text);
        fputs(end, out);
}
