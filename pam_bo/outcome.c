/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login's end means to the application, and the line about it in the log. */
#include "pam_bo/outcome.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#include "common/cleanup.h"

#define BO_ERROR(id, value, name, pam, text) {(value), (pam)},
static const struct {
        int error;
        int pam;
} rows[] = {
#include "libbo/bo-errors.def"
};
#undef BO_ERROR

static int result_to_pam(int result)
{
        if (result == 0)
                return PAM_SUCCESS;
        if (result < 0)
                return result == -ENOMEM ? PAM_BUF_ERR : PAM_AUTHINFO_UNAVAIL;
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (rows[i].error == result)
                        return rows[i].pam;
        return PAM_SYSTEM_ERR;
}

/*
 * pam_sm_authenticate(3). PAM_NEW_AUTHTOK_REQD above all must not leave here: "required" and
 * "sufficient" in /etc/pam.d take it as good as PAM_SUCCESS.
 */
static int auth_code(int code)
{
        switch (code) {
        case PAM_SUCCESS:
        case PAM_AUTH_ERR:
        case PAM_AUTHINFO_UNAVAIL:
        case PAM_USER_UNKNOWN:
        case PAM_MAXTRIES:
        case PAM_ACCT_EXPIRED:
        case PAM_PERM_DENIED:
        case PAM_CONV_ERR:
        case PAM_BUF_ERR:
        case PAM_SYSTEM_ERR:
                return code;
        default:
                return PAM_AUTH_ERR;
        }
}

/* pam_sm_acct_mgmt(3), and PAM_AUTHINFO_UNAVAIL as pam_unix has it there. */
static int account_code(int code)
{
        switch (code) {
        case PAM_SUCCESS:
        case PAM_AUTH_ERR:
        case PAM_AUTHINFO_UNAVAIL:
        case PAM_USER_UNKNOWN:
        case PAM_NEW_AUTHTOK_REQD:
        case PAM_ACCT_EXPIRED:
        case PAM_PERM_DENIED:
        case PAM_BUF_ERR:
        case PAM_SYSTEM_ERR:
                return code;
        default:
                return PAM_PERM_DENIED;
        }
}

/* pam_sm_chauthtok(3), and PAM_AUTH_ERR as pam_unix has it for a wrong current password. */
static int password_code(int code)
{
        switch (code) {
        case PAM_SUCCESS:
        case PAM_AUTH_ERR:
        case PAM_AUTHINFO_UNAVAIL:
        case PAM_USER_UNKNOWN:
        case PAM_MAXTRIES:
        case PAM_PERM_DENIED:
        case PAM_AUTHTOK_ERR:
        case PAM_BUF_ERR:
        case PAM_SYSTEM_ERR:
                return code;
        case PAM_ACCT_EXPIRED:
                return PAM_PERM_DENIED;
        default:
                return PAM_AUTHTOK_ERR;
        }
}

/* pam_sm_open_session(3) has no more than these. */
static int session_code(int code)
{
        switch (code) {
        case PAM_SUCCESS:
        case PAM_USER_UNKNOWN:
        case PAM_BUF_ERR:
                return code;
        default:
                return PAM_SESSION_ERR;
        }
}

int outcome_to_pam(enum bo_phase phase, int result)
{
        int code = result_to_pam(result);

        switch (phase) {
        case BO_PHASE_AUTH:
                return auth_code(code);
        case BO_PHASE_ACCOUNT:
                return account_code(code);
        case BO_PHASE_PASSWORD:
                return password_code(code);
        case BO_PHASE_SESSION:
                return session_code(code);
        }
        return PAM_SYSTEM_ERR;
}

static const char *phase_name(const struct request *request)
{
        switch (request->phase) {
        case BO_PHASE_AUTH:
                return "authentication";
        case BO_PHASE_ACCOUNT:
                return "account check";
        case BO_PHASE_PASSWORD:
                return request->flags & PAM_PRELIM_CHECK ? "check before a password change"
                                                         : "password change";
        case BO_PHASE_SESSION:
                return request->close ? "end of session" : "session";
        }
        return "call";
}

void outcome_log(const struct request *request, int result)
{
        const char *what = phase_name(request), *who = request_who(request);
        const char *name = bo_error_name(result);

        if (result == 0)
                request_debug(request, what);
        else if (result == -EBADMSG || result == BO_ERR_PROTOCOL)
                pam_syslog(request->pamh, LOG_ERR,
                           "%s of %s: version mismatch: pam_bo.so %s and bo-accountd do not "
                           "understand each other, install the same version of both",
                           what, who, BO_VERSION);
        else if (result < 0)
                pam_syslog(request->pamh, LOG_ERR, "%s of %s: no answer from bo-accountd: %s", what,
                           who, strerrordesc_np(-result));
        else
                pam_syslog(request->pamh, LOG_NOTICE, "%s of %s: %s", what, who,
                           name ? name : "unknown outcome");
}
