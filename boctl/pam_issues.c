/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with the stacks of a host, collected and told. */
#include "boctl/pam_issues.h"

#include <string.h>

static struct pam_issue_row *row_find(struct pam_issues *issues, enum pam_issue issue,
                                      const char *file, unsigned number, const char *what)
{
        for (size_t i = 0; i < issues->n_rows; i++) {
                struct pam_issue_row *row = &issues->rows[i];

                if (row->issue == issue && row->number == number && strcmp(row->file, file) == 0 &&
                    strcmp(row->what, what) == 0)
                        return row;
        }
        return NULL;
}

static struct pam_issue_row *row_add(struct pam_issues *issues, enum pam_issue issue,
                                     const char *file, unsigned number, const char *what)
{
        struct pam_issue_row *rows = reallocarray(issues->rows, issues->n_rows + 1, sizeof(*rows));
        struct pam_issue_row row = {.issue = issue, .number = number};

        if (!rows)
                return NULL;
        issues->rows = rows;
        row.file = strdup(file);
        row.what = strdup(what);
        if (!row.file || !row.what) {
                free(row.file);
                free(row.what);
                return NULL;
        }
        rows[issues->n_rows] = row;
        return &rows[issues->n_rows++];
}

static void service_note(struct pam_issue_row *row, const char *service)
{
        size_t used = strlen(row->services);

        if (strncmp(row->last, service, sizeof(row->last) - 1) == 0)
                return; /* another phase of it */
        snprintf(row->last, sizeof(row->last), "%s", service);
        if (used + 2 + strlen(service) < sizeof(row->services))
                snprintf(row->services + used, sizeof(row->services) - used, "%s%s",
                         used ? ", " : "", service);
        else
                row->n_more++;
}

bool pam_issues_add(struct pam_issues *issues, enum pam_issue issue, const struct pam_line *line,
                    const char *what, const char *service, enum pam_phase phase)
{
        const char *file = line ? line->file : "";
        unsigned number = line ? line->number : 0;
        struct pam_issue_row *row = row_find(issues, issue, file, number, what);

        if (!row)
                row = row_add(issues, issue, file, number, what);
        if (!row)
                return false;
        row->phases |= 1U << phase;
        service_note(row, service);
        return true;
}

void pam_issues_clear(struct pam_issues *issues)
{
        for (size_t i = 0; i < issues->n_rows; i++) {
                free(issues->rows[i].file);
                free(issues->rows[i].what);
        }
        free(issues->rows);
        *issues = (struct pam_issues){0};
}

/* How each is told: where it is, what it means; what to do where no package mends it. */
static const struct {
        enum check_result result;
        const char *text;
        const char *remedy;
} words[PAM_ISSUE_COUNT] = {
        [PAM_ISSUE_LINE] = {CHECK_FAULT, "libpam cannot read a line, which",
                            "Correct the line: pam.d(5)."},
        [PAM_ISSUE_MODULE] = {CHECK_FAULT, "A line names a module that is not there:",
                              "Install the package that has it, or take the line out."},
        [PAM_ISSUE_ARGUMENT] = {CHECK_FAULT,
                                "No user of bo gets in, since pam_bo does not know the argument",
                                "Correct the argument: pam_bo(8)."},
        [PAM_ISSUE_OPEN] =
                {CHECK_FAULT, "Users of bo get in without bo being asked, because of",
                 "Take the line out, or put those of pam_localuser.so and pam_bo.so before it, "
                 "as in /usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_OPEN_IF] = {CHECK_WARNING,
                               "Users of bo get in without bo being asked if this module says so:",
                               "If that is not wanted, put the lines of pam_bo.so before it, as in "
                               "/usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_NOT_ASKED] = {CHECK_FAULT, "bo is not asked, since pam_bo.so is missing",
                                 "Add the lines of pam_localuser.so and pam_bo.so as in "
                                 "/usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_NOT_REACHED] = {CHECK_FAULT,
                                   "bo is not asked, since for users of bo the lines before end it "
                                   "or jump over the line of",
                                   "Correct or take out those lines: compare with "
                                   "/usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_FALLS_THROUGH] =
                {CHECK_FAULT,
                 "Who is refused by bo gets in all the same, because of the control "
                 "of",
                 "Give it the control default=die, as in "
                 "/usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_REFUSED] = {CHECK_FAULT, "Who is admitted by bo does not get in, because of",
                               "Compare with /usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_ASKED_BEFORE] =
                {CHECK_FAULT,
                 "Users of bo are asked for a password by another module before bo "
                 "asks:",
                 "Put the lines of pam_bo.so before it, as in "
                 "/usr/share/doc/bo/examples/pam.d."},
        [PAM_ISSUE_SHUT] =
                {CHECK_WARNING, "Users of bo are refused without bo being asked",
                 "If they are to get in, add the lines of /usr/share/doc/bo/examples/pam.d; "
                 "else nothing is to be done."},
        [PAM_ISSUE_LOCAL] =
                {CHECK_FAULT,
                 "root and other local users do not get in, or not when pam_bo.so cannot be "
                 "loaded, because of",
                 "Put the line of pam_localuser.so right before that of pam_bo.so, as in "
                 "/usr/share/doc/bo/examples/pam.d."},
};

#define PROFILES_REMEDY                                                                            \
        "`pam-auth-update --package --force --enable bo bo-password` writes the lines of the "     \
        "profiles in /etc/pam.d/common-* anew; lines that were added above or below them stay."

/* Those are mended by the profiles as long as only the lines of the profiles were changed; it keeps
 * arguments as somebody has changed them. */
static bool is_of_profiles(enum pam_issue issue)
{
        return issue == PAM_ISSUE_FALLS_THROUGH || issue == PAM_ISSUE_REFUSED ||
               issue == PAM_ISSUE_ASKED_BEFORE || issue == PAM_ISSUE_LOCAL;
}

static const char *remedy_of(const struct pam_issue_row *row)
{
        const char *name = strrchr(row->file, '/');
        bool common = name && strncmp(name, "/common-", 8) == 0;

        if (row->issue == PAM_ISSUE_MODULE && strstr(row->what, "pam_bo.so"))
                return "`apt-get install --reinstall libpam-bo`";
        if (common && is_of_profiles(row->issue))
                return PROFILES_REMEDY;
        if (row->issue == PAM_ISSUE_NOT_ASKED)
                return PROFILES_REMEDY
                        " Where a service does not include these files: add the lines "
                        "of /usr/share/doc/bo/examples/pam.d.";
        return words[row->issue].remedy;
}

static void where_write(char *out, size_t size, const struct pam_issue_row *row)
{
        size_t used = 0;

        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++)
                if (row->phases & 1U << phase)
                        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                                 pam_phase_name((enum pam_phase)phase));
        used += (size_t)snprintf(out + used, size - used, " of %s", row->services);
        if (row->n_more > 0)
                snprintf(out + used, size - used, " and %u more", row->n_more);
}

void pam_issues_tell(const struct pam_issues *issues, struct check *check)
{
        for (size_t i = 0; i < issues->n_rows; i++) {
                const struct pam_issue_row *row = &issues->rows[i];
                char where[256], line[PATH_MAX + 32] = "";

                where_write(where, sizeof(where), row);
                if (*row->file)
                        snprintf(line, sizeof(line), " (%s:%u)", row->file, row->number);
                check_find(check, words[row->issue].result, "pam", remedy_of(row),
                           "%s%s%s%s, in %s.", words[row->issue].text, *row->what ? " " : "",
                           row->what, line, where);
        }
}
