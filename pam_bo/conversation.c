/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The application's conversation function, called directly: no text of ours is a format string. */
#include "pam_bo/conversation.h"

#include <security/pam_ext.h>
#include <syslog.h>

#include "libbo/bo.h"

/* One message to the application; what comes back with it is *ret_answer, or NULL. */
static int conversation_call(pam_handle_t *pamh, int style, const char *text, char **ret_answer)
{
        const struct pam_message message = {.msg_style = style, .msg = text};
        const struct pam_message *messages = &message;
        const struct pam_conv *conv = NULL;
        struct pam_response *response = NULL;
        const void *item = NULL;
        int r;

        *ret_answer = NULL;
        if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || !item)
                return PAM_CONV_ERR;
        conv = item;
        if (!conv->conv)
                return PAM_CONV_ERR;
        r = conv->conv(1, &messages, &response, conv->appdata_ptr);
        if (response)
                *ret_answer = response->resp;
        free(response);
        return r == PAM_SUCCESS ? PAM_SUCCESS : PAM_CONV_ERR;
}

int conversation_ask(pam_handle_t *pamh, int style, const char *text, char **ret_answer)
{
        _cleanup_(answer_freep) char *answer = NULL;
        int r = conversation_call(pamh, style, text, &answer);

        if (r != PAM_SUCCESS)
                return r;
        /* PAM_SUCCESS without an answer is what a broken application says (CVE-2025-23013). */
        if (!answer)
                return PAM_CONV_ERR;
        if (strlen(answer) > BO_ANSWER_MAX) {
                pam_syslog(pamh, LOG_NOTICE, "an answer of more than %d bytes was refused",
                           BO_ANSWER_MAX);
                return PAM_CONV_ERR;
        }
        *ret_answer = TAKE_PTR(answer);
        return PAM_SUCCESS;
}

void conversation_show(pam_handle_t *pamh, int style, const char *text)
{
        _cleanup_(answer_freep) char *answer = NULL;

        /* Whether it was shown changes nothing: what must be read stands in a prompt. */
        (void)conversation_call(pamh, style, text, &answer);
}
