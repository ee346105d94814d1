/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that carry a token: LinkTemplate= with the token in the place of {token}. */
#include "bo-accountd/factor/link.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define PLACE "{token}"

/* Of an address without the place, which the settings refuse: the whole of it. */
static size_t head_size(const char *template)
{
        const char *place = strstr(template, PLACE);

        return place ? (size_t)(place - template) : strlen(template);
}

static const char *tail_of(const char *template)
{
        const char *place = strstr(template, PLACE);

        return place ? place + strlen(PLACE) : "";
}

void link_write(char out[LINK_SIZE], const char *template, const char *token)
{
        if (*template)
                snprintf(out, LINK_SIZE, "%.*s%s%s", (int)head_size(template), template, token,
                         tail_of(template));
        else
                snprintf(out, LINK_SIZE, "%s", token);
}

static bool ends_with(const char *text, size_t size, const char *tail)
{
        size_t tail_size = strlen(tail);

        return size >= tail_size && memcmp(text + size - tail_size, tail, tail_size) == 0;
}

enum token_form link_parse(struct token *ret_token, const char *template, const char *text,
                           size_t size)
{
        size_t head = head_size(template);
        const char *tail = tail_of(template);
        enum token_form form = TOKEN_FORM_TYPO;

        while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
                size--;
        while (size > 0 && (text[0] == ' ' || text[0] == '\t')) {
                text++;
                size--;
        }
        if (head == 0 || size < head || memcmp(text, template, head) != 0)
                return token_parse(ret_token, text, size);
        if (ends_with(text + head, size - head, tail))
                form = token_parse(ret_token, text + head, size - head - strlen(tail));
        return form == TOKEN_FORM_GOOD ? form : TOKEN_FORM_TYPO;
}
