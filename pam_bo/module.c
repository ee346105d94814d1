/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entry points of pam_bo.so: whom it is for, one phase, its PAM code. No rule is decided here.
 */
#include <security/pam_modules.h>

#include "common/version.h"
#include "pam_bo/link.h"
#include "pam_bo/phase.h"

VERSION_MARK_HERE;

/* What every entry point but setcred does. */
static int enter(struct request *request, int argc, const char **argv)
{
        int r = request_begin(request, argc, argv);

        return r == PAM_SUCCESS ? phase_run(request) : r;
}

PAM_EXTERN int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        struct request request = {.pamh = pamh, .flags = (unsigned)flags, .phase = BO_PHASE_AUTH};

        return enter(&request, argc, argv);
}

/* Stateless: sshd calls it in a process that has never seen the authentication. */
PAM_EXTERN int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        struct request request = {
                .pamh = pamh, .flags = (unsigned)flags, .phase = BO_PHASE_SESSION};
        int r = request_begin(&request, argc, argv);

        if (r == PAM_SUCCESS)
                return request.known ? PAM_SUCCESS : PAM_USER_UNKNOWN;
        return r == PAM_SERVICE_ERR || r == PAM_AUTHINFO_UNAVAIL ? PAM_CRED_ERR : r;
}

PAM_EXTERN int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        struct request request = {
                .pamh = pamh, .flags = (unsigned)flags, .phase = BO_PHASE_ACCOUNT};

        return enter(&request, argc, argv);
}

PAM_EXTERN int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        struct request request = {
                .pamh = pamh, .flags = (unsigned)flags, .phase = BO_PHASE_PASSWORD};

        /* libpam sets exactly one of them. */
        if (!(request.flags & PAM_PRELIM_CHECK) == !(request.flags & PAM_UPDATE_AUTHTOK))
                return PAM_SYSTEM_ERR;
        return enter(&request, argc, argv);
}

static int session(pam_handle_t *pamh, int flags, bool close, int argc, const char **argv)
{
        struct request request = {
                .pamh = pamh, .flags = (unsigned)flags, .phase = BO_PHASE_SESSION, .close = close};
        int r = request_begin(&request, argc, argv);

        if (r == PAM_SUCCESS) {
                r = phase_run(&request);
                /* The end of a session cannot be refused: the log has it, and the modules that
                 * follow in the stack have theirs to close. */
                if (close && r == PAM_SESSION_ERR)
                        r = PAM_SUCCESS;
        }
        link_drop(pamh); /* also for a foreign user: sudo opens root's session with the caller's */
        return r == PAM_SERVICE_ERR || r == PAM_AUTHINFO_UNAVAIL ? PAM_SESSION_ERR : r;
}

PAM_EXTERN int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return session(pamh, flags, false, argc, argv);
}

PAM_EXTERN int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return session(pamh, flags, true, argc, argv);
}
