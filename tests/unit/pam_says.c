/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A PAM module that returns the number on its line: for what libpam makes of it. */
#include <security/pam_modules.h>
#include <stdlib.h>

static int say(int argc, const char **argv)
{
        return argc > 0 ? atoi(argv[0]) : PAM_SYSTEM_ERR;
}

int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return say(argc, argv);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return say(argc, argv);
}
