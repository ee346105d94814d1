/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One login, or one password change, through libpam, timed part by part. */
#include <liboath/oath.h>
#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/login_bench.h"

void login_code(char out[8])
{
        (void)oath_totp_generate(LOGIN_OTP_SECRET, LOGIN_OTP_BYTES, time(NULL), 30, 0, 6, out);
}

static const char *answer_to(struct login_try *attempt, const char *prompt)
{
        if (strstr(prompt, "One-time")) {
                if (attempt->before_code)
                        attempt->before_code(attempt->userdata);
                return attempt->code;
        }
        if (attempt->wrong)
                return "noisy Harbour 85 lantern";
        return strstr(prompt, "ew ") && attempt->fresh[0] ? attempt->fresh : LOGIN_PASSWORD;
}

static int converse(int n, const struct pam_message **messages, struct pam_response **ret_responses,
                    void *userdata)
{
        struct pam_response *responses = calloc((size_t)n, sizeof(*responses));

        if (!responses)
                return PAM_BUF_ERR;
        for (int i = 0; i < n; i++)
                if (messages[i]->msg_style == PAM_PROMPT_ECHO_ON ||
                    messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
                        responses[i].resp = strdup(answer_to(userdata, messages[i]->msg));
        *ret_responses = responses;
        return PAM_SUCCESS;
}

static double lap(double *since)
{
        double now = bench_now_msec(), took = now - *since;

        *since = now;
        return took;
}

int login_once(struct login_try *attempt)
{
        const struct pam_conv conversation = {converse, attempt};
        pam_handle_t *handle = NULL;
        double since = bench_now_msec();
        int r = pam_start_confdir(attempt->service, attempt->user, &conversation, attempt->confdir,
                                  &handle);

        if (r == PAM_SUCCESS)
                r = pam_set_item(handle, PAM_RHOST,
                                 attempt->rhost[0] ? attempt->rhost : "192.0.2.7");
        attempt->msec[PART_START] = lap(&since);
        if (r == PAM_SUCCESS)
                r = pam_authenticate(handle, 0);
        attempt->msec[PART_AUTH] = lap(&since);
        if (r == PAM_SUCCESS)
                r = pam_acct_mgmt(handle, 0);
        attempt->msec[PART_ACCOUNT] = lap(&since);
        if (r == PAM_SUCCESS)
                r = pam_open_session(handle, 0);
        attempt->msec[PART_OPEN] = lap(&since);
        (void)pam_end(handle, r);
        attempt->msec[PART_END] = lap(&since);
        return r;
}

int login_change(struct login_try *attempt)
{
        const struct pam_conv conversation = {converse, attempt};
        pam_handle_t *handle = NULL;
        double since = bench_now_msec();
        int r = pam_start_confdir(attempt->service, attempt->user, &conversation, attempt->confdir,
                                  &handle);

        memset(attempt->msec, 0, sizeof(attempt->msec));
        attempt->msec[PART_START] = lap(&since);
        if (r == PAM_SUCCESS)
                r = pam_chauthtok(handle, 0);
        attempt->msec[PART_AUTH] = lap(&since);
        (void)pam_end(handle, r);
        attempt->msec[PART_END] = lap(&since);
        return r;
}
