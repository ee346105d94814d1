/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of pam.d(5): read, walked through and judged, whatever is in them. */
#include "tests/fuzz/fuzz.h"

#include "boctl/pam_judge.h"

struct input {
        const uint8_t *data;
        size_t size;
};

/* The first half is the service, the second everything else: so files include each other. */
static FILE *file_open(void *userdata, const char *name, char path[PATH_MAX])
{
        const struct input *input = userdata;
        size_t half = input->size / 2;

        if (input->size < 2 || strcmp(name, "none") == 0)
                return NULL;
        snprintf(path, PATH_MAX, "/etc/pam.d/%.64s", name);
        if (strcmp(name, "one") == 0)
                return fmemopen((void *)input->data, half, "r");
        return fmemopen((void *)(input->data + half), input->size - half, "r");
}

static bool module_exists(void *userdata, const char *module)
{
        (void)userdata;
        return module[0] != 'x';
}

static int module_says(void *userdata, const struct pam_line *line)
{
        (void)userdata;
        return (unsigned char)line->module[0] % PAM_RETURNS;
}

static void issue_found(void *userdata, enum pam_issue issue, const struct pam_line *line,
                        const char *what)
{
        (void)userdata;
        MUST_HOLD(issue < PAM_ISSUE_COUNT && what);
        MUST_HOLD(!line || line->file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct input input = {data, size};
        struct pam_files files = {file_open, &input};
        _cleanup_(pam_stack_freep) struct pam_stack *stack = NULL;

        MUST_HOLD(pam_stack_read(&files, "one", &stack) == 0);
        for (int phase = 0; phase < PAM_PHASE_COUNT; phase++) {
                struct pam_judge judge = {
                        stack, (enum pam_phase)phase, phase % 2 == 0, module_exists, issue_found,
                        NULL,  {true, 70000, 99999}};
                int r = pam_stack_run(stack, (enum pam_phase)phase, module_says, NULL, NULL);

                MUST_HOLD(r >= 0 && r < PAM_RETURNS);
                pam_judge(&judge);
        }
        return 0;
}
