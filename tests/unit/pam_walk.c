/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What boctl expects of a PAM stack is what libpam makes of it: thousands of stacks at random, each
 * tried with both. */
#include "boctl/pam_stack.h"
#include "tests/temp.h"
#include "tests/unit/unit.h"

#include <security/pam_appl.h>

#define STACKS 1000

static char directory[256];

static FILE *file_open(void *userdata, const char *name, char path[PATH_MAX])
{
        snprintf(path, PATH_MAX, "%s%s%s", name[0] == '/' ? "" : directory,
                 name[0] == '/' ? "" : "/", name);
        return fopen(path, "re");
}

static unsigned pick(unsigned n)
{
        return (unsigned)random() % n;
}

static const char *control(char *out, size_t size)
{
        static const char *const words[] = {"required", "requisite", "sufficient",
                                            "optional", "REQUIRED",  "requird"};
        static const char *const values[] = {"success", "auth_err",     "ignore",        "default",
                                             "abort",   "user_unknown", "module_unknown"};
        static const char *const actions[] = {"ok", "done", "bad", "die", "ignore", "reset",
                                              "1",  "2",    "3",   "0",   "x"};
        size_t used;

        if (pick(3) == 0)
                return words[pick(ELEMENTS(words))];
        used = (size_t)snprintf(out, size, "[");
        for (unsigned n = pick(5); n > 0; n--)
                used += (size_t)snprintf(out + used, size - used, "%s%s=%s", pick(3) ? "" : " ",
                                         values[pick(ELEMENTS(values))],
                                         /* the last two are mistakes, and rare */
                                         actions[pick(pick(40) ? 9 : 11)]),
                        used += (size_t)snprintf(out + used, size - used, " ");
        snprintf(out + used, size - used, "]");
        return out;
}

/* A file of lines that may lead into those of @deeper. */
static void file_write(const char *name, const char *const *deeper, size_t n_deeper)
{
        static const int codes[] = {PAM_SUCCESS,          PAM_SUCCESS, PAM_SUCCESS,
                                    PAM_AUTH_ERR,         PAM_IGNORE,  PAM_USER_UNKNOWN,
                                    PAM_NEW_AUTHTOK_REQD, PAM_ABORT};
        char path[PATH_MAX], text[256];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        file = fopen(path, "we");
        assert_non_null(file);
        for (unsigned n = 1 + pick(5); n > 0; n--) {
                const char *dash = pick(8) ? "" : "-";
                unsigned what = pick(16);

                if (n_deeper > 0 && what < 4)
                        fprintf(file, "auth %s %s/%s\n", what < 2 ? "substack" : "include",
                                directory, deeper[pick((unsigned)n_deeper)]);
                else if (n_deeper > 0 && what == 4)
                        fprintf(file, "@include %s/%s # of Debian\n", directory,
                                deeper[pick((unsigned)n_deeper)]);
                else if (what == 5 && pick(6) == 0)
                        fprintf(file, "account required /nowhere.so\n# nothing\n\n");
                else if (what == 6)
                        fprintf(file, "%sauth %s /nowhere.so\n", dash, control(text, sizeof(text)));
                else if (what == 7 && pick(6) == 0)
                        fprintf(file, "auth\t%s\n", pick(2) ? "required" : "");
                else if (what == 8 && pick(4) == 0)
                        fprintf(file, "auht required %s 0\n", PAM_SAYS);
                else
                        fprintf(file, "%sAuth  %s \\\n  %s %d # says so\n", dash,
                                control(text, sizeof(text)), PAM_SAYS,
                                codes[pick(ELEMENTS(codes))]);
        }
        assert_int_equal(fclose(file), 0);
}

static int says(void *userdata, const struct pam_line *line)
{
        return pam_line_is(line, "pam-says") ? atoi(line->arguments) : PAM_MODULE_UNKNOWN;
}

static int nothing_to_say(int n, const struct pam_message **messages,
                          struct pam_response **responses, void *userdata)
{
        return PAM_CONV_ERR;
}

static int libpam_makes_of_it(void)
{
        static const struct pam_conv conversation = {nothing_to_say, NULL};
        pam_handle_t *pamh;
        int r = pam_start_confdir("one", "alice", &conversation, directory, &pamh);

        if (r != PAM_SUCCESS)
                return PAM_PERM_DENIED; /* a file that cannot be read at all */
        r = pam_authenticate(pamh, 0);
        pam_end(pamh, r);
        return r == PAM_ABORT ? PAM_PERM_DENIED : r;
}

static void show(const char *name)
{
        char path[PATH_MAX], line[512];
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", directory, name);
        file = fopen(path, "re");
        print_message("%s:\n", name);
        while (file && fgets(line, sizeof(line), file))
                print_message("  %s", line);
        if (file)
                fclose(file);
}

static void a_walk_ends_as_in_libpam(void **state)
{
        static const char *const two[] = {"two", "three"}, *const three[] = {"three"};
        struct pam_files files = {file_open, NULL};
        int outcomes[PAM_RETURNS] = {0};

        srandom(7);
        for (int i = 0; i < STACKS; i++) {
                _cleanup_(pam_stack_freep) struct pam_stack *stack = NULL;
                int here, there;

                file_write("one", two, ELEMENTS(two));
                file_write("two", three, ELEMENTS(three));
                file_write("three", NULL, 0);
                file_write("other", NULL, 0);
                assert_int_equal(pam_stack_read(&files, "one", &stack), 0);
                here = pam_stack_run(stack, PAM_PHASE_AUTH, says, NULL, NULL);
                here = here == PAM_ABORT ? PAM_PERM_DENIED : here;
                there = libpam_makes_of_it();
                if (here != there) {
                        show("one");
                        show("two");
                        show("three");
                        show("other");
                }
                assert_int_equal(here, there);
                outcomes[there]++;
        }
        /* Neither all let in nor all refused. */
        assert_true(outcomes[PAM_SUCCESS] > STACKS / 20);
        assert_true(outcomes[PAM_AUTH_ERR] > STACKS / 20);
}

static int world_make(void **state)
{
        return temp_directory(directory, sizeof(directory), "/tmp/pam-walk-") ? 0 : -1;
}

static int world_end(void **state)
{
        static const char *const names[] = {"one", "two", "three", "other"};
        char path[PATH_MAX];

        for (size_t i = 0; i < ELEMENTS(names); i++) {
                snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
                unlink(path);
        }
        return rmdir(directory);
}

int main(void)
{
        const struct CMUnitTest tests[] = {cmocka_unit_test(a_walk_ends_as_in_libpam)};

        return cmocka_run_group_tests(tests, world_make, world_end);
}
