/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pam_before.so, the module before pam_bo.so in a stack: leaves it a password (authtok=,
 * oldauthtok=), or behind it: fails if one was left in memory (want-none).
 */
#include <security/pam_modules.h>
#include <string.h>

static int work(pam_handle_t *pamh, int argc, const char **argv)
{
        const void *left = NULL;

        for (int i = 0; i < argc; i++) {
                if (strncmp(argv[i], "authtok=", 8) == 0)
                        pam_set_item(pamh, PAM_AUTHTOK, argv[i] + 8);
                if (strncmp(argv[i], "oldauthtok=", 11) == 0)
                        pam_set_item(pamh, PAM_OLDAUTHTOK, argv[i] + 11);
                if (strcmp(argv[i], "want-none") == 0 &&
                    (pam_get_item(pamh, PAM_AUTHTOK, &left) != PAM_SUCCESS || left))
                        return PAM_AUTHTOK_ERR;
        }
        return PAM_SUCCESS;
}

PAM_EXTERN int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        (void)flags; /* the interface is libpam's */
        return work(pamh, argc, argv);
}

PAM_EXTERN int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        (void)flags; /* the interface is libpam's */
        return work(pamh, argc, argv);
}
