/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses that carry a token: LinkTemplate= with the token in the place of {token}. */
#pragma once

#include "bo-accountd/factor/token.h"

#define LINK_TEMPLATE_MAX 200
#define LINK_SIZE         (LINK_TEMPLATE_MAX + TOKEN_TEXT_SIZE) /* with the terminator */

/* The address of @template for a token; the token itself if @template is empty. A token needs no
 * escape in an address. */
void link_write(char out[LINK_SIZE], const char *template, const char *token);

/*
 * As token_parse(), of a token or of a whole address of @template that was pasted. What begins like
 * such an address but holds no token is TOKEN_FORM_TYPO: no password looks like that.
 */
enum token_form link_parse(struct token *ret_token, const char *template, const char *text,
                           size_t size);
