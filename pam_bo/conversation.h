/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The application's conversation function, called directly: no text of ours is a format string. */
#pragma once

#include <security/pam_modules.h>
#include <string.h>

#include "common/cleanup.h"

/* Wipes and frees an answer. */
static inline void answer_free(char *answer)
{
        explicit_bzero(answer, strlen(answer));
        free(answer);
}
DEFINE_CLEANUP(char *, answer_free)

/*
 * Asks one question, @style PAM_PROMPT_ECHO_OFF or _ON. PAM_SUCCESS and an answer of at most
 * BO_ANSWER_MAX bytes for answer_free(), or a PAM code and none.
 */
int conversation_ask(pam_handle_t *pamh, int style, const char *text, char **ret_answer);

/* Shows one text, @style PAM_TEXT_INFO or PAM_ERROR_MSG, if the application can. */
void conversation_show(pam_handle_t *pamh, int style, const char *text);
