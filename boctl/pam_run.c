/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What comes of a stack: the walk of libpam through its lines (pam.conf(5)), without the modules.
 */
#include "boctl/pam_stack.h"

#include <string.h>

/* What a line that cannot be read counts as. */
#define MUST_FAIL PAM_PERM_DENIED

enum impression { UNDECIDED, POSITIVE, NEGATIVE };

struct verdict {
        enum impression impression;
        int status;
        const struct pam_line *failed; /* where it became negative */
};

struct walk {
        const struct pam_line *lines;
        size_t n, at;
        struct verdict now;
        struct verdict entered[PAM_NESTED + 1]; /* what stood when a substack of that level began */
};

/* The last line before one that is not deeper than @level. */
static void deeper_pass(struct walk *walk, int level)
{
        while (walk->at + 1 < walk->n && walk->lines[walk->at + 1].level > level)
                walk->at++;
}

static void turn_negative(struct walk *walk, int status)
{
        if (walk->now.impression == NEGATIVE)
                return;
        walk->now.impression = NEGATIVE;
        walk->now.status = status == PAM_IGNORE ? MUST_FAIL : status;
        walk->now.failed = &walk->lines[walk->at];
}

/* A jump stays within its substack. One beyond the end can only fail. */
static void jump(struct walk *walk, int count)
{
        int level = walk->lines[walk->at].level;
        const struct pam_line *from = &walk->lines[walk->at];

        for (; count > 0 && walk->at + 1 < walk->n && walk->lines[walk->at + 1].level >= level;
             count--) {
                walk->at++;
                deeper_pass(walk, level);
        }
        if (count > 0) {
                walk->now = (struct verdict){NEGATIVE, MUST_FAIL, from};
        }
}

/* Returns whether a decision is made, for this level. */
static bool act(struct walk *walk, int action, int status)
{
        struct verdict *now = &walk->now;
        int level = walk->lines[walk->at].level;

        switch (action) {
        case PAM_ACTION_IGNORE:
                return false;
        case PAM_ACTION_RESET:
                *now = walk->entered[level];
                return false;
        case PAM_ACTION_OK:
        case PAM_ACTION_DONE:
                if (now->impression == UNDECIDED ||
                    (now->impression == POSITIVE && now->status == PAM_SUCCESS))
                        *now = (struct verdict){POSITIVE, status, NULL};
                return action == PAM_ACTION_DONE && now->impression == POSITIVE;
        case PAM_ACTION_BAD:
        case PAM_ACTION_DIE:
                turn_negative(walk, status);
                return action == PAM_ACTION_DIE;
        default:
                jump(walk, action);
                return false;
        }
}

int pam_stack_run(const struct pam_stack *stack, enum pam_phase phase, pam_module_fn *module,
                  void *userdata, const struct pam_line **ret_decided)
{
        struct walk walk = {.lines = stack->lines[phase],
                            .n = stack->n_lines[phase],
                            .now = {UNDECIDED, MUST_FAIL, NULL}};
        int level_before = 0;

        if (ret_decided)
                *ret_decided = NULL;
        if (stack->aborted)
                return PAM_ABORT;
        walk.entered[0] = walk.now;
        for (; walk.at < walk.n; walk.at++) {
                const struct pam_line *line = &walk.lines[walk.at];
                int status = MUST_FAIL;

                if (line->level > level_before)
                        walk.entered[line->level] = walk.now;
                level_before = line->level;
                if (line->substack)
                        continue;
                if (line->module)
                        status = module(userdata, line);
                if (status < 0 || status >= PAM_RETURNS)
                        status = PAM_ABORT;
                if (act(&walk, line->actions[status], status)) {
                        while (walk.at + 1 < walk.n && walk.lines[walk.at + 1].level >= line->level)
                                walk.at++;
                }
        }
        if (ret_decided)
                *ret_decided = walk.now.failed;
        return walk.now.status == PAM_SUCCESS && walk.now.impression != POSITIVE ? MUST_FAIL
                                                                                 : walk.now.status;
}
