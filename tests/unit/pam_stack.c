/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* PAM stacks as administrators write them: what is read, and what is found wrong with them. */
#include "boctl/pam_judge.h"
#include "tests/unit/unit.h"

struct file {
        const char *name, *text;
};

static FILE *file_open(void *userdata, const char *name, char path[PATH_MAX])
{
        for (const struct file *file = userdata; file->name; file++)
                if (strcmp(file->name, name) == 0) {
                        snprintf(path, PATH_MAX, "/etc/pam.d/%s", name);
                        return fmemopen((void *)file->text, strlen(file->text), "r");
                }
        return NULL;
}

static struct pam_stack *stack_of(const struct file *files, const char *service)
{
        struct pam_files source = {file_open, (void *)files};
        struct pam_stack *stack = NULL;

        assert_int_equal(pam_stack_read(&source, service, &stack), 0);
        return stack;
}

static void lines_are_read_as_libpam_reads_them(void **state)
{
        static const struct file files[] = {
                {"one", "# nothing\n\n  auth required pam_env.so # a comment\n"
                        "-auth\t[success=1 default=ignore] /lib/pam_x.so a [b c\\]] \\\n  d\n"
                        "@include two\nauth substack two\nACCOUNT Sufficient pam_unix.so\n"
                        "auth requird pam_unix.so\nauht required pam_unix.so\nauth required\n"},
                {"two", "auth optional pam_two.so\nsession required pam_two.so\n"},
                {"other", "password required pam_deny.so\nsession required pam_deny.so\n"},
                {NULL, NULL},
        };
        static const struct {
                unsigned number;
                int level;
                const char *module, *arguments;
                bool quiet, substack, problem;
        } auth[] = {
                {3, 0, "pam_env.so", "", false, false, false},
                {4, 0, "/lib/pam_x.so", "a b c] d", true, false, false},
                {1, 0, "pam_two.so", "", false, false, false},
                {7, 0, NULL, NULL, false, true, false},
                {1, 1, "pam_two.so", "", false, false, false},
                {9, 0, "pam_unix.so", "", false, false, true},
                {10, 0, NULL, NULL, false, false, true},
                {11, 0, NULL, NULL, false, false, true},
        };
        _cleanup_(pam_stack_freep) struct pam_stack *stack = stack_of(files, "one");

        assert_int_equal(stack->n_lines[PAM_PHASE_AUTH], ELEMENTS(auth));
        for (size_t i = 0; i < ELEMENTS(auth); i++) {
                const struct pam_line *line = &stack->lines[PAM_PHASE_AUTH][i];

                assert_int_equal(line->number, auth[i].number);
                assert_int_equal(line->level, auth[i].level);
                assert_int_equal(line->quiet, auth[i].quiet);
                assert_int_equal(line->substack, auth[i].substack);
                assert_int_equal(line->problem != NULL, auth[i].problem);
                if (auth[i].module) {
                        assert_string_equal(line->module, auth[i].module);
                        assert_string_equal(line->arguments, auth[i].arguments);
                } else {
                        assert_null(line->module);
                }
        }
        assert_int_equal(stack->lines[PAM_PHASE_AUTH][1].actions[PAM_SUCCESS], 1);
        assert_int_equal(stack->lines[PAM_PHASE_AUTH][1].actions[PAM_AUTH_ERR], PAM_ACTION_IGNORE);
        assert_string_equal(stack->lines[PAM_PHASE_AUTH][2].file, "/etc/pam.d/two");
        assert_false(stack->other[PAM_PHASE_SESSION]); /* of the file that is included */
        assert_true(stack->other[PAM_PHASE_PASSWORD]);
        assert_true(pam_line_is(&stack->lines[PAM_PHASE_PASSWORD][0], "pam_deny"));
}

static void what_libpam_gives_up_on_refuses_everybody(void **state)
{
        char long_line[3000];
        const struct file cases[][3] = {
                {{"one", "auth required pam_permit.so\n@include nowhere\n"}, {"other", "\n"}, {0}},
                {{"one", "@include one\n"}, {"other", "\n"}, {0}},
                {{"one", long_line}, {"other", "\n"}, {0}},
                {{"one", "auth required pam_permit.so\n"}, {"other", "@include nowhere\n"}, {0}},
        };

        memset(long_line, 'a', sizeof(long_line) - 1);
        long_line[sizeof(long_line) - 1] = '\0';
        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                _cleanup_(pam_stack_freep) struct pam_stack *stack = stack_of(cases[i], "one");

                assert_non_null(stack->aborted);
                assert_int_equal(pam_stack_run(stack, PAM_PHASE_AUTH, NULL, NULL, NULL), PAM_ABORT);
        }
}

/* Debian's files with the profiles of bo. */
#define LOCAL     "[success=1 default=ignore] pam_localuser.so\n"
#define BO        "[success=2 ignore=ignore new_authtok_reqd=done default=die] pam_bo.so foreign=ignore\n"
#define BO_SECOND "[success=1 ignore=ignore default=die] pam_bo.so foreign=ignore try_first_pass\n"

#define AUTH                                                                                       \
        "auth " LOCAL "auth " BO "auth [success=1 default=ignore] pam_unix.so nullok\n"            \
        "auth requisite pam_deny.so\nauth required pam_permit.so\n"
#define ACCOUNT                                                                                    \
        "account " LOCAL "account " BO                                                             \
        "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"                   \
        "account requisite pam_deny.so\naccount required pam_permit.so\n"
#define PASSWORD                                                                                   \
        "password [success=2 default=ignore] pam_unix.so obscure yescrypt\npassword " BO_SECOND    \
        "password requisite pam_deny.so\npassword required pam_permit.so\n"
#define SESSION                                                                                    \
        "session [default=1] pam_permit.so\nsession requisite pam_deny.so\n"                       \
        "session required pam_permit.so\nsession [success=2 default=ignore] pam_localuser.so\n"    \
        "session [success=ok ignore=1 default=die] pam_bo.so foreign=ignore\n"                     \
        "session optional pam_mkhomedir.so umask=0077\nsession required pam_unix.so\n"

struct finding_seen {
        char text[512];
        bool missing_bo;
};

static bool module_exists(void *userdata, const char *module)
{
        const struct finding_seen *seen = userdata;

        return !strstr(module, "missing") && !(seen->missing_bo && strstr(module, "pam_bo"));
}

static void issue_found(void *userdata, enum pam_issue issue, const struct pam_line *line,
                        const char *what)
{
        static const char *const names[PAM_ISSUE_COUNT] = {
                [PAM_ISSUE_LINE] = "line",
                [PAM_ISSUE_MODULE] = "module",
                [PAM_ISSUE_ARGUMENT] = "argument",
                [PAM_ISSUE_OPEN] = "open",
                [PAM_ISSUE_OPEN_IF] = "open-if",
                [PAM_ISSUE_NOT_ASKED] = "not-asked",
                [PAM_ISSUE_NOT_REACHED] = "not-reached",
                [PAM_ISSUE_FALLS_THROUGH] = "falls-through",
                [PAM_ISSUE_REFUSED] = "refused",
                [PAM_ISSUE_ASKED_BEFORE] = "asked-before",
                [PAM_ISSUE_SHUT] = "shut",
                [PAM_ISSUE_LOCAL] = "local",
        };
        struct finding_seen *seen = userdata;
        size_t used = strlen(seen->text);

        snprintf(seen->text + used, sizeof(seen->text) - used, "%s%s", used ? " " : "",
                 names[issue]);
}

static void judge_says(enum pam_phase phase, const char *text, bool needed, bool missing_bo,
                       const char *expected)
{
        const struct file files[] = {{"one", text}, {"other", "auth required pam_deny.so\n"}, {0}};
        _cleanup_(pam_stack_freep) struct pam_stack *stack = stack_of(files, "one");
        struct finding_seen seen = {.missing_bo = missing_bo};
        struct pam_judge judge = {
                stack, phase, needed, module_exists, issue_found, &seen, {true, 70000, 99999}};

        pam_judge(&judge);
        if (strcmp(seen.text, expected) != 0)
                print_message("%s", text);
        assert_string_equal(seen.text, expected);
}

static void slips_of_administrators_are_found(void **state)
{
        static const struct {
                enum pam_phase phase;
                const char *text, *expected;
        } rows[] = {
                {PAM_PHASE_AUTH, AUTH, ""},
                {PAM_PHASE_ACCOUNT, ACCOUNT, ""},
                {PAM_PHASE_PASSWORD, PASSWORD, ""},
                {PAM_PHASE_SESSION, SESSION, ""},
                /* pam_bo commented out: the jump of pam_localuser goes over pam_unix now */
                {PAM_PHASE_AUTH,
                 "auth " LOCAL "#auth " BO "auth [success=1 default=ignore] pam_unix.so\n"
                 "auth requisite pam_deny.so\nauth required pam_permit.so\n",
                 "not-asked local"},
                /* the profile taken out */
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_unix.so\nauth requisite pam_deny.so\n"
                 "auth required pam_permit.so\n",
                 "not-asked"},
                {PAM_PHASE_SESSION, "session required pam_unix.so\n", "not-asked"},
                /* pam_unix first */
                {PAM_PHASE_AUTH,
                 "auth [success=3 default=ignore] pam_unix.so\nauth " LOCAL
                 "auth [success=1 ignore=ignore default=die] pam_bo.so foreign=ignore\n"
                 "auth requisite pam_deny.so\nauth required pam_permit.so\n",
                 "asked-before"},
                /* controls that let fall through */
                {PAM_PHASE_AUTH,
                 "auth sufficient pam_bo.so foreign=ignore\nauth required pam_permit.so\n",
                 "falls-through"},
                {PAM_PHASE_AUTH, "auth optional pam_bo.so\nauth optional pam_permit.so\n",
                 "falls-through"},
                {PAM_PHASE_ACCOUNT,
                 "account sufficient pam_bo.so\naccount required pam_unix.so broken_shadow\n",
                 "falls-through"},
                {PAM_PHASE_SESSION, "session optional pam_bo.so\nsession required pam_unix.so\n",
                 "falls-through"},
                /* no pam_localuser: root depends on a file of bo */
                {PAM_PHASE_AUTH,
                 "auth " BO "auth [success=1 default=ignore] pam_unix.so nullok\n"
                 "auth requisite pam_deny.so\nauth required pam_permit.so\n",
                 "local"},
                /* without foreign=ignore */
                {PAM_PHASE_AUTH, "auth required pam_bo.so\nauth sufficient pam_unix.so\n", "local"},
                {PAM_PHASE_AUTH, "auth required pam_bo.so\n", ""},
                /* let in before bo is asked */
                {PAM_PHASE_AUTH, "auth sufficient pam_permit.so\n" AUTH, "open"},
                {PAM_PHASE_ACCOUNT, "account required pam_permit.so\n", "open"},
                {PAM_PHASE_AUTH, "auth sufficient pam_succeed_if.so user ingroup vip\n" AUTH,
                 "open-if"},
                {PAM_PHASE_AUTH, "auth sufficient pam_rootok.so\n" AUTH, ""},
                {PAM_PHASE_AUTH, "auth required pam_wheel.so\nauth required pam_nologin.so\n" AUTH,
                 ""},
                /* what refuses all the same */
                {PAM_PHASE_AUTH, "auth required pam_deny.so\n" AUTH, "refused local"},
                {PAM_PHASE_AUTH, "auth required pam_missing.so\n" AUTH, "module"},
                {PAM_PHASE_AUTH, "-auth optional pam_missing.so\n" AUTH, ""},
                {PAM_PHASE_AUTH, "auth required pam_bo.so foregin=ignore\n", "argument"},
                {PAM_PHASE_AUTH, "auth required pam_bo.so permission=a.b socket=/run/x debug\n",
                 ""},
                {PAM_PHASE_AUTH, "auth requird pam_bo.so\n", "line"},
                /* lines for local users alone, or for users of bo alone */
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_succeed_if.so uid < 60000\n"
                 "auth sufficient pam_bo.so\nauth required pam_unix.so\n",
                 ""},
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_succeed_if.so user notingroup office\n"
                 "auth sufficient pam_bo.so\nauth required pam_unix.so\n",
                 ""},
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_succeed_if.so quiet uid >= 70000\n"
                 "auth sufficient pam_unix.so\nauth required pam_bo.so\n",
                 ""},
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_succeed_if.so user ingroup office\n"
                 "auth [success=done default=die] pam_unix.so\nauth required pam_bo.so\n",
                 ""},
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_listfile.so\n"
                 "auth [success=1 default=ignore] pam_access.so\n" AUTH,
                 ""},
                /* the wrong way round */
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_succeed_if.so uid >= 60000\n"
                 "auth sufficient pam_bo.so\nauth required pam_unix.so\n",
                 "not-reached"},
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_succeed_if.so uid < 60000\n"
                 "auth sufficient pam_unix.so\nauth sufficient pam_bo.so\n"
                 "auth required pam_deny.so\n",
                 "asked-before local"},
                {PAM_PHASE_AUTH, "auth requisite pam_succeed_if.so uid < 60000\n" AUTH,
                 "not-reached"},
                {PAM_PHASE_AUTH, "auth requisite pam_succeed_if.so uid >= 1000\n" AUTH, ""},
                {PAM_PHASE_AUTH, "auth sufficient pam_succeed_if.so uid >= 1000\n" AUTH, "open"},
                {PAM_PHASE_AUTH,
                 "auth sufficient pam_succeed_if.so uid >= 1000 user ingroup vip\n" AUTH,
                 "open-if"},
                {PAM_PHASE_AUTH, "auth sufficient pam_succeed_if.so use_uid uid >= 1000\n" AUTH,
                 "open-if"},
                {PAM_PHASE_AUTH,
                 "auth sufficient pam_succeed_if.so uid < 1000 user ingroup vip\n" AUTH, ""},
                /* who is in a list gets past bo */
                {PAM_PHASE_AUTH,
                 "auth [success=1 default=ignore] pam_listfile.so\n"
                 "auth [success=1 default=die] pam_bo.so\nauth requisite pam_deny.so\n"
                 "auth required pam_permit.so\n",
                 ""},
                {PAM_PHASE_AUTH,
                 "auth [success=2 default=ignore] pam_listfile.so\n"
                 "auth [success=1 default=die] pam_bo.so\nauth requisite pam_deny.so\n"
                 "auth required pam_permit.so\n",
                 "open-if"},
        };

        for (size_t i = 0; i < ELEMENTS(rows); i++)
                judge_says(rows[i].phase, rows[i].text, true, false, rows[i].expected);
}

static void ids_that_pam_succeed_if_compares_are_known(void **state)
{
        static const struct {
                const char *arguments;
                enum pam_condition condition;
        } rows[] = {
                {"uid < 70000", PAM_CONDITION_FAILS},
                {"uid < 70001", PAM_CONDITION_OPEN},
                {"uid < 100000", PAM_CONDITION_HOLDS},
                {"uid <= 99999", PAM_CONDITION_HOLDS},
                {"uid <= 99998", PAM_CONDITION_OPEN},
                {"uid <= 69999", PAM_CONDITION_FAILS},
                {"uid >= 70000", PAM_CONDITION_HOLDS},
                {"uid >= 70001", PAM_CONDITION_OPEN},
                {"uid >= 100000", PAM_CONDITION_FAILS},
                {"uid > 69999", PAM_CONDITION_HOLDS},
                {"uid > 99999", PAM_CONDITION_FAILS},
                {"uid eq 0", PAM_CONDITION_FAILS},
                {"uid eq 70000", PAM_CONDITION_OPEN},
                {"uid ne 0", PAM_CONDITION_HOLDS},
                {"gid ne 80000", PAM_CONDITION_OPEN},
                {"quiet uid >= 1000 gid >= 1000", PAM_CONDITION_HOLDS},
                {"user = root", PAM_CONDITION_OPEN},
                {"user != root uid eq 0", PAM_CONDITION_FAILS},
                {"uid >= 1000 user", PAM_CONDITION_OPEN},
                {"uid in 1:2", PAM_CONDITION_OPEN},
                {"uid >= x", PAM_CONDITION_OPEN},
                {"", PAM_CONDITION_OPEN},
        };
        static const struct pam_uids range = {true, 70000, 99999}, unknown = {0};
        struct pam_line line = {.module = (char *)"/lib/security/pam_succeed_if.so"};

        for (size_t i = 0; i < ELEMENTS(rows); i++) {
                line.arguments = (char *)rows[i].arguments;
                if (pam_condition(&line, &range) != rows[i].condition)
                        print_message("%s\n", rows[i].arguments);
                assert_int_equal(pam_condition(&line, &range), rows[i].condition);
                assert_int_equal(pam_condition(&line, &unknown), PAM_CONDITION_OPEN);
        }
        line.module = (char *)"pam_access.so";
        assert_int_equal(pam_condition(&line, &range), PAM_CONDITION_OPEN);
}

static void a_module_that_is_gone_is_named(void **state)
{
        judge_says(PAM_PHASE_AUTH, AUTH, true, true, "module");
        judge_says(PAM_PHASE_SESSION, SESSION, true, true, "module");
}

static void other_services_are_judged_by_who_gets_in(void **state)
{
        judge_says(PAM_PHASE_AUTH, "auth required pam_unix.so\n", false, false, "shut");
        judge_says(PAM_PHASE_AUTH, "auth sufficient pam_rootok.so\n", false, false, "");
        judge_says(PAM_PHASE_AUTH, "auth required pam_permit.so\n", false, false, "open");
        judge_says(PAM_PHASE_AUTH, "auth required pam_ldap.so\n", false, false, "open-if");
        judge_says(PAM_PHASE_AUTH, AUTH, false, false, "");
        judge_says(PAM_PHASE_ACCOUNT, "account required pam_permit.so\n", false, false, "open");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(lines_are_read_as_libpam_reads_them),
                cmocka_unit_test(what_libpam_gives_up_on_refuses_everybody),
                cmocka_unit_test(slips_of_administrators_are_found),
                cmocka_unit_test(ids_that_pam_succeed_if_compares_are_known),
                cmocka_unit_test(a_module_that_is_gone_is_named),
                cmocka_unit_test(other_services_are_judged_by_who_gets_in),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
