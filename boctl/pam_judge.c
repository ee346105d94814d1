/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges a stack by walking through it with people whose fate is known beforehand. */
#include "boctl/pam_judge.h"

#include <stdint.h>
#include <string.h>

#define OPEN_MOST 8 /* modules that may say this or that: all their combinations are tried */

struct walker {
        const struct pam_judge *judge;
        bool of_bo;                    /* else of /etc/passwd */
        struct pam_uids uids;          /* of him */
        int bo;                        /* what pam_bo says; PAM_IGNORE: as its arguments make it */
        uint32_t yes;                  /* bit i: the i-th open module says yes */
        unsigned n_open;               /* results: how many were met */
        bool asked;                    /* pam_bo was met */
        const struct pam_line *before; /* who asked for a password before that */
        const struct pam_line *open;   /* the last that said yes */
        const struct pam_line *permit; /* the last that always says yes */
};

static int refusal(enum pam_phase phase)
{
        static const int codes[PAM_PHASE_COUNT] = {
                [PAM_PHASE_AUTH] = PAM_AUTH_ERR,
                [PAM_PHASE_ACCOUNT] = PAM_PERM_DENIED,
                [PAM_PHASE_PASSWORD] = PAM_AUTHTOK_ERR,
                [PAM_PHASE_SESSION] = PAM_SESSION_ERR,
        };

        return codes[phase];
}

/* bo's users have no line in shadow(5), which a session does not want to know. */
static int unix_answer(const struct walker *walker, const struct pam_line *line)
{
        enum pam_phase phase = walker->judge->phase;

        if (!walker->of_bo || phase == PAM_PHASE_SESSION ||
            (phase == PAM_PHASE_ACCOUNT && pam_line_has(line, "broken_shadow")))
                return PAM_SUCCESS;
        return phase == PAM_PHASE_PASSWORD ? PAM_USER_UNKNOWN : PAM_AUTHINFO_UNAVAIL;
}

static int bo_answer(struct walker *walker, const struct pam_line *line)
{
        walker->asked = true;
        if (walker->bo != PAM_IGNORE)
                return walker->bo;
        return pam_line_has(line, "foreign=ignore") ? PAM_IGNORE : PAM_USER_UNKNOWN;
}

static int open_answer(struct walker *walker, const struct pam_line *line)
{
        unsigned i = walker->n_open < OPEN_MOST ? walker->n_open : OPEN_MOST - 1;

        switch (pam_condition(line, &walker->uids)) {
        case PAM_CONDITION_HOLDS:
                walker->permit = line;
                return PAM_SUCCESS;
        case PAM_CONDITION_FAILS:
                return refusal(walker->judge->phase);
        case PAM_CONDITION_OPEN:
                break;
        }
        walker->n_open++;
        if (!(walker->yes & UINT32_C(1) << i))
                return refusal(walker->judge->phase);
        walker->open = line;
        return PAM_SUCCESS;
}

static int answer(void *userdata, const struct pam_line *line)
{
        struct walker *walker = userdata;
        enum pam_phase phase = walker->judge->phase;
        enum pam_answer kind = pam_module_answer(line);

        if (!walker->judge->module_exists(walker->judge->userdata, line->module))
                return PAM_MODULE_UNKNOWN;
        if ((kind == PAM_ANSWER_UNIX || kind == PAM_ANSWER_PASSWORD) && !walker->asked &&
            !walker->before)
                walker->before = line;
        switch (kind) {
        case PAM_ANSWER_BO:
                return bo_answer(walker, line);
        case PAM_ANSWER_LOCAL:
                return walker->of_bo ? PAM_PERM_DENIED : PAM_SUCCESS;
        case PAM_ANSWER_UNIX:
                return unix_answer(walker, line);
        case PAM_ANSWER_DENY:
        case PAM_ANSWER_ROOT:
                return refusal(phase);
        case PAM_ANSWER_PERMIT:
                walker->permit = line;
                return PAM_SUCCESS;
        case PAM_ANSWER_HELPER:
                return phase == PAM_PHASE_AUTH ? PAM_IGNORE : PAM_SUCCESS;
        case PAM_ANSWER_OPEN:
        case PAM_ANSWER_PASSWORD:
                return open_answer(walker, line);
        }
        return refusal(phase);
}

/* Does @walker get in? */
static bool gets_in(struct walker *walker, const struct pam_line **ret_failed)
{
        int r;

        walker->n_open = 0;
        walker->asked = false;
        walker->before = walker->open = walker->permit = NULL;
        r = pam_stack_run(walker->judge->stack, walker->judge->phase, answer, walker, ret_failed);
        return r == PAM_SUCCESS || r == PAM_NEW_AUTHTOK_REQD;
}

static void found(const struct pam_judge *judge, enum pam_issue issue, const struct pam_line *line)
{
        judge->found(judge->userdata, issue, line, line && line->module ? line->module : "");
}

/* The line of pam_bo itself, to blame for what comes of its control. */
static const struct pam_line *line_of_bo(const struct pam_judge *judge)
{
        for (size_t i = 0; i < judge->stack->n_lines[judge->phase]; i++)
                if (pam_line_is(&judge->stack->lines[judge->phase][i], "pam_bo"))
                        return &judge->stack->lines[judge->phase][i];
        return NULL;
}

bool pam_stack_has_bo(const struct pam_stack *stack, enum pam_phase phase)
{
        const struct pam_judge judge = {.stack = stack, .phase = phase};

        return line_of_bo(&judge);
}

/* What every line shows by itself. Returns whether users of bo are not told more by a walk. */
static bool judge_lines(const struct pam_judge *judge)
{
        const struct pam_line aborted = {.file = judge->stack->aborted_file,
                                         .number = judge->stack->aborted_number};
        bool bad = judge->stack->aborted;

        if (bad)
                judge->found(judge->userdata, PAM_ISSUE_LINE, &aborted, judge->stack->aborted);
        for (size_t i = 0; i < judge->stack->n_lines[judge->phase]; i++) {
                const struct pam_line *line = &judge->stack->lines[judge->phase][i];
                _cleanup_(freep) char *unknown = NULL;

                if (line->problem) {
                        judge->found(judge->userdata, PAM_ISSUE_LINE, line, line->problem);
                        bad = true;
                }
                if (!line->module)
                        continue;
                if (line->actions[PAM_MODULE_UNKNOWN] != PAM_ACTION_IGNORE && !line->quiet &&
                    !judge->module_exists(judge->userdata, line->module)) {
                        found(judge, PAM_ISSUE_MODULE, line);
                        bad = true;
                }
                if (pam_line_is(line, "pam_bo"))
                        unknown = pam_bo_argument_unknown(line);
                if (unknown)
                        judge->found(judge->userdata, PAM_ISSUE_ARGUMENT, line, unknown);
        }
        return bad;
}

/* Every combination of what the open modules may say, of one who is refused by bo: whether he gets
 * in, and whether bo was asked. Returns whether something was found. */
static bool judge_refused(const struct pam_judge *judge)
{
        struct walker walker = {
                .judge = judge, .of_bo = true, .uids = judge->uids, .bo = refusal(judge->phase)};
        unsigned n_open = 0; /* the most that a walk has met so far */

        for (uint32_t yes = 0; yes < UINT32_C(1) << n_open; yes++) {
                walker.yes = yes;
                if (gets_in(&walker, NULL)) {
                        if (walker.asked)
                                found(judge, PAM_ISSUE_FALLS_THROUGH, line_of_bo(judge));
                        else
                                found(judge, walker.open ? PAM_ISSUE_OPEN_IF : PAM_ISSUE_OPEN,
                                      walker.open ? walker.open : walker.permit);
                        return true;
                }
                if (walker.n_open > n_open)
                        n_open = walker.n_open < OPEN_MOST ? walker.n_open : OPEN_MOST;
        }
        return false;
}

/* How well a walk went for one who is admitted by bo, from bad to good. */
enum fate { NOT_ASKED, REFUSED, ASKED_BEFORE, WELL };

static enum fate admitted_fate(struct walker *walker, const struct pam_line **ret_failed)
{
        bool in = gets_in(walker, ret_failed);

        if (!walker->asked)
                return NOT_ASKED;
        if (!in)
                return REFUSED;
        return walker->before && walker->judge->phase == PAM_PHASE_AUTH ? ASKED_BEFORE : WELL;
}

/* The next combination of what open modules may say, from a yes of all on; false: all were tried.
 * @n_open: the most that a walk has met so far. */
static bool next_combination(struct walker *walker, unsigned *n_open)
{
        uint32_t no = ~walker->yes + 1;

        if (walker->n_open > *n_open)
                *n_open = walker->n_open < OPEN_MOST ? walker->n_open : OPEN_MOST;
        walker->yes = ~no;
        return no < UINT32_C(1) << *n_open;
}

/* One who is admitted by bo: what open modules say for him is not known, so that it is well if it
 * can be ([success=1 default=ignore] pam_succeed_if.so, of whom bo does not have). */
static void judge_admitted(const struct pam_judge *judge)
{
        struct walker walker = {.judge = judge,
                                .of_bo = true,
                                .uids = judge->uids,
                                .bo = PAM_SUCCESS,
                                .yes = UINT32_MAX};
        const struct pam_line *failed = NULL, *before = NULL;
        enum fate best = NOT_ASKED;
        unsigned n_open = 0;

        do {
                const struct pam_line *here = NULL;
                enum fate fate = admitted_fate(&walker, &here);

                if (fate > best) {
                        best = fate;
                        failed = here;
                        before = judge->phase == PAM_PHASE_AUTH ? walker.before : NULL;
                }
        } while (best != WELL && next_combination(&walker, &n_open));
        if (best == NOT_ASKED && judge->needed)
                found(judge, line_of_bo(judge) ? PAM_ISSUE_NOT_REACHED : PAM_ISSUE_NOT_ASKED,
                      line_of_bo(judge));
        if (best == REFUSED)
                found(judge, PAM_ISSUE_REFUSED, failed);
        if (before)
                found(judge, PAM_ISSUE_ASKED_BEFORE, before);
}

static bool serves_local(const struct pam_judge *judge)
{
        for (size_t i = 0; i < judge->stack->n_lines[judge->phase]; i++)
                if (pam_line_is(&judge->stack->lines[judge->phase][i], "pam_unix"))
                        return true;
        return false;
}

/* May a local user of @uid get in, when pam_bo says @bo? */
static bool local_may(const struct pam_judge *judge, uint32_t uid, int bo,
                      const struct pam_line **ret_failed)
{
        struct walker walker = {
                .judge = judge, .uids = {true, uid, uid}, .bo = bo, .yes = UINT32_MAX};
        unsigned n_open = 0;

        *ret_failed = NULL;
        do {
                const struct pam_line *failed = NULL;

                if (gets_in(&walker, &failed))
                        return true;
                if (!*ret_failed)
                        *ret_failed = failed;
        } while (next_combination(&walker, &n_open));
        return false;
}

/* R61: who is in /etc/passwd never depends on bo; one of them may be kept out for other reasons.
 * Where no pam_unix is, local users have no business. */
static void judge_local(const struct pam_judge *judge)
{
        static const uint32_t uids[] = {0, 1000};
        const struct pam_line *failed = NULL;
        bool any = false;

        if (!serves_local(judge))
                return;
        for (size_t i = 0; i < ELEMENTS(uids); i++) {
                if (!local_may(judge, uids[i], PAM_IGNORE, &failed))
                        continue;
                any = true;
                if (!local_may(judge, uids[i], PAM_MODULE_UNKNOWN, &failed)) {
                        found(judge, PAM_ISSUE_LOCAL, failed);
                        return;
                }
        }
        if (!any)
                found(judge, PAM_ISSUE_LOCAL, failed);
}

void pam_judge(const struct pam_judge *judge)
{
        bool has_bo = pam_stack_has_bo(judge->stack, judge->phase);
        bool decides = judge->phase != PAM_PHASE_SESSION; /* who is let in was decided before */

        if (judge_lines(judge))
                return; /* what comes of that is told by it */
        if ((has_bo || decides) && judge_refused(judge))
                return;
        if (has_bo || judge->needed) {
                judge_admitted(judge);
                judge_local(judge);
        } else if (judge->phase == PAM_PHASE_AUTH && serves_local(judge)) {
                found(judge, PAM_ISSUE_SHUT, NULL);
        }
}
