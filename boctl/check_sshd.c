/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sshd_config(5) as sshd itself reads it: whether users of bo can log in by it. */
#include "boctl/check.h"
#include "boctl/program.h"

#include <string.h>

#define SSHD "/usr/sbin/sshd"

/* What sshd -T must say; what it does not say at all is of another version. */
static const struct {
        const char *key, *name, *wanted;
        enum check_result result;
        const char *means;
} wanted[] = {
        {"usepam", "UsePAM", "yes", CHECK_FAULT,
         "no user of bo can log in by password, and none who is disabled or locked is kept out who "
         "has "
         "an SSH key"},
        {"kbdinteractiveauthentication", "KbdInteractiveAuthentication", "yes", CHECK_FAULT,
         "users of bo can neither give one-time codes nor change an expired password"},
        {"usedns", "UseDNS", "no", CHECK_WARNING,
         "bo is told names instead of addresses, and counts no failures by source"},
        {"pamservicename", "PAMServiceName", "sshd", CHECK_WARNING,
         "users of bo log in by that service, which has to have the lines of pam_bo.so and a "
         "section "
         "in accountd.conf instead of sshd"},
};

/* The value of @key in what sshd said, up to the line's end; NULL: it said nothing of that. */
static const char *value_of(const char *said, const char *key)
{
        size_t length = strlen(key);

        for (const char *line = said; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                if (strncmp(line, key, length) == 0 && line[length] == ' ')
                        return line + length + 1;
        }
        return NULL;
}

void check_sshd_said(struct check *check, const char *said)
{
        for (size_t i = 0; i < ELEMENTS(wanted); i++) {
                const char *value = value_of(said, wanted[i].key);
                size_t length = strlen(wanted[i].wanted);
                char remedy[256];

                if (!value || (strncmp(value, wanted[i].wanted, length) == 0 &&
                               (value[length] == '\n' || !value[length])))
                        continue;
                snprintf(remedy, sizeof(remedy),
                         "Set `%s %s` where `grep -ri %s /etc/ssh/sshd_config "
                         "/etc/ssh/sshd_config.d` "
                         "shows it (the first one counts), then `systemctl reload ssh`.",
                         wanted[i].name, wanted[i].wanted, wanted[i].name);
                check_find(check, wanted[i].result, "sshd", remedy, "%s is %.*s: %s.",
                           wanted[i].name, (int)strcspn(value, "\n"), value, wanted[i].means);
        }
}

void check_sshd_answer(struct check *check, int code, const char *said)
{
        if (code == 0)
                check_sshd_said(check, said);
        else if (code == PROGRAM_NOT_RUN)
                check_find(check, CHECK_SKIPPED, "sshd", "Try again; `sshd -T` shows what it says.",
                           "`sshd -T` could not be run, or gave no answer.");
        else if (strstr(said, "privilege separation directory")) /* made when sshd is started */
                check_find(check, CHECK_SKIPPED, "sshd",
                           "`mkdir -p -m 755 /run/sshd` lets it tell, and does no harm.",
                           "sshd does not run, and does not tell its settings then: %.*s",
                           (int)strcspn(said, "\r\n"), said);
        else
                check_find(
                        check, CHECK_FAULT, "sshd",
                        "`sshd -t` shows what is wrong; correct it, then `systemctl restart ssh`.",
                        "sshd would not start with its settings: %.*s", (int)strcspn(said, "\r\n"),
                        *said ? said : "it said nothing");
}

void check_sshd(struct check *check)
{
        char *const argv[] = {(char *)SSHD, (char *)"-T", NULL};
        char said[16384];
        int code;

        if (access(SSHD, F_OK) < 0)
                return; /* a host without it */
        check_part(check, "sshd");
        if (geteuid() != 0) {
                check_find(check, CHECK_SKIPPED, "sshd", "Run `boctl check` as root.",
                           "The settings of sshd are shown to root alone.");
                return;
        }
        code = program_run(argv, said, sizeof(said));
        check_sshd_answer(check, code, said);
        check_sshd_match(check);
}
