/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of PAM modules: by what they decide. */
#include "boctl/pam_judge.h"

#include <string.h>

enum pam_answer pam_module_answer(const struct pam_line *line)
{
        static const struct {
                const char *module;
                enum pam_answer answer;
        } known[] = {
                {"pam_bo", PAM_ANSWER_BO},
                {"pam_localuser", PAM_ANSWER_LOCAL},
                {"pam_unix", PAM_ANSWER_UNIX},
                {"pam_deny", PAM_ANSWER_DENY},
                {"pam_permit", PAM_ANSWER_PERMIT},
                {"pam_rootok", PAM_ANSWER_ROOT},
                {"pam_sss", PAM_ANSWER_PASSWORD},
                {"pam_ldap", PAM_ANSWER_PASSWORD},
                {"pam_krb5", PAM_ANSWER_PASSWORD},
                {"pam_winbind", PAM_ANSWER_PASSWORD},
                {"pam_userdb", PAM_ANSWER_PASSWORD},
                {"pam_cap", PAM_ANSWER_HELPER},
                {"pam_cracklib", PAM_ANSWER_HELPER},
                {"pam_echo", PAM_ANSWER_HELPER},
                {"pam_env", PAM_ANSWER_HELPER},
                {"pam_faildelay", PAM_ANSWER_HELPER},
                {"pam_gnome_keyring", PAM_ANSWER_HELPER},
                {"pam_group", PAM_ANSWER_HELPER},
                {"pam_issue", PAM_ANSWER_HELPER},
                {"pam_keyinit", PAM_ANSWER_HELPER},
                {"pam_kwallet5", PAM_ANSWER_HELPER},
                {"pam_lastlog", PAM_ANSWER_HELPER},
                {"pam_limits", PAM_ANSWER_HELPER},
                {"pam_loginuid", PAM_ANSWER_HELPER},
                {"pam_mail", PAM_ANSWER_HELPER},
                {"pam_mkhomedir", PAM_ANSWER_HELPER},
                {"pam_motd", PAM_ANSWER_HELPER},
                {"pam_namespace", PAM_ANSWER_HELPER},
                {"pam_nologin", PAM_ANSWER_HELPER},
                {"pam_pwhistory", PAM_ANSWER_HELPER},
                {"pam_pwquality", PAM_ANSWER_HELPER},
                {"pam_selinux", PAM_ANSWER_HELPER},
                {"pam_systemd", PAM_ANSWER_HELPER},
                {"pam_tty_audit", PAM_ANSWER_HELPER},
                {"pam_umask", PAM_ANSWER_HELPER},
                {"pam_warn", PAM_ANSWER_HELPER},
        };

        for (size_t i = 0; i < ELEMENTS(known); i++)
                if (pam_line_is(line, known[i].module))
                        return known[i].answer;
        return PAM_ANSWER_OPEN;
}

/* As pam_bo/arguments.c takes them; a unit test holds both together. */
static bool argument_is_known(const char *word)
{
        static const char *const words[] = {"foreign=ignore", "use_first_pass", "try_first_pass",
                                            "use_authtok", "debug"};

        if (strncmp(word, "socket=", 7) == 0)
                return word[7] == '/';
        if (strncmp(word, "permission=", 11) == 0)
                return word[11];
        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcmp(word, words[i]) == 0)
                        return true;
        return false;
}

char *pam_bo_argument_unknown(const struct pam_line *line)
{
        for (const char *at = line->arguments; at && *at; at += strspn(at, " ")) {
                size_t length = strcspn(at, " ");
                _cleanup_(freep) char *word = strndup(at, length);

                if (word && !argument_is_known(word))
                        return TAKE_PTR(word);
                at += length;
        }
        return NULL;
}
