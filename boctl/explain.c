/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl check login: what would become of a login, step by step, and why. */
#include <string.h>

#include "boctl/check.h"
#include "boctl/table.h"
#include "common/text.h"

DEFINE_CLEANUP(struct bo_explanation *, bo_explanation_free)
DEFINE_CLEANUP(struct bo_settings *, bo_settings_free)

#define INDENT 20

/* What a person reads of a result; one that is not known here is told as it is. */
static const char *result_text(const char *result)
{
        if (strcmp(result, "stop") == 0)
                return "STOP";
        return strcmp(result, "note") == 0 ? "" : result;
}

/* Without memory the line says so: what is cut off may be what matters. */
static void line_put(const char *first, const char *second, const char *text)
{
        size_t size = strlen(text) + 1;
        _cleanup_(freep) char *clean = malloc(size);

        if (clean)
                text_clean(clean, size, text, false);
        printf("%-6s%-*s%s\n", first, INDENT - 6, second, clean ? clean : "(out of memory)");
}

static void step_put(const struct bo_explained_step *step)
{
        _cleanup_(freep) char *why = NULL;

        line_put(result_text(step->result), step->step, step->text);
        if (!*step->rule && !*step->setting)
                return;
        if (asprintf(&why, "(%s%s%s)", step->rule, *step->rule && *step->setting ? "; " : "",
                     step->setting) < 0)
                why = NULL;
        line_put("", "", why ? why : "(out of memory)");
}

static bool is_let_in(const struct bo_explanation *explanation)
{
        return strcmp(explanation->outcome, "Success") == 0;
}

/* Whose they are, and whether they are still good, is known by the token alone. */
static void tokens_show(const char *method)
{
        if (!method || strcmp(method, "key") != 0)
                line_put("note", "tokens",
                         "Not looked at: tokens of an invitation, or of a request for an address, "
                         "that are typed at the password prompt (`boctl invitation list` of the "
                         "user, `boctl "
                         "approval show`).");
}

static void text_show(const struct bo_explanation *explanation)
{
        char outcome[128];

        for (size_t i = 0; i < explanation->n_steps; i++)
                step_put(&explanation->steps[i]);
        snprintf(outcome, sizeof(outcome), "%s: %s (%s)",
                 is_let_in(explanation) ? "let in" : "not let in", explanation->outcome,
                 explanation->pam);
        putchar('\n');
        line_put("", "outcome", outcome);
        if (*explanation->shown)
                line_put("", "the user reads", explanation->shown);
}

static int outcome_list(const struct request *request, const struct bo_explanation *explanation)
{
        static const struct column columns[] = {
                {"allowed", "", CELL_BOOL},
                {"outcome", "", CELL_TEXT},
                {"pam", "", CELL_TEXT},
                {"shown", "", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "login", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, true, false);
        table_row(table);
        table_bool(table, 0, is_let_in(explanation));
        table_text(table, 1, explanation->outcome);
        table_text(table, 2, explanation->pam);
        table_text(table, 3, explanation->shown);
        return table_end(table);
}

static int steps_list(const struct request *request, const struct bo_explanation *explanation)
{
        static const struct column columns[] = {
                {"step", "", CELL_TEXT}, {"result", "", CELL_TEXT},  {"text", "", CELL_TEXT},
                {"rule", "", CELL_TEXT}, {"setting", "", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "steps", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, false, false);
        for (size_t i = 0; i < explanation->n_steps; i++) {
                const struct bo_explained_step *step = &explanation->steps[i];

                table_row(table);
                table_text(table, 0, step->step);
                table_text(table, 1, step->result);
                table_text(table, 2, step->text);
                table_text(table, 3, step->rule);
                table_text(table, 4, step->setting);
        }
        return table_end(table);
}

static int json_show(const struct request *request, const struct bo_explanation *explanation,
                     const struct check *stack)
{
        int r = outcome_list(request, explanation);

        if (r == EXIT_DONE)
                r = steps_list(request, explanation);
        return r == EXIT_DONE ? check_findings_list(request, stack, "stack") : r;
}

/* What is wrong with the stack: then it may end otherwise than bo decides, or bo is never asked. */
static void stack_show(const struct check *stack)
{
        for (size_t i = 0; i < stack->n_findings; i++) {
                const struct check_finding *finding = &stack->findings[i];

                line_put(finding->result == CHECK_FAULT ? "FAULT" : "note", "pam stack",
                         finding->text);
                if (*finding->remedy)
                        line_put("", "", finding->remedy);
        }
}

int verb_check_login(struct request *request)
{
        const struct bo_login_place place = {
                .rhost = request->value[OPTION_FROM],
                .tty = request->value[OPTION_TTY],
                .permission = request->value[OPTION_PERMISSION],
                .method = request->value[OPTION_METHOD],
        };
        _cleanup_(bo_explanation_freep) struct bo_explanation *explanation = NULL;
        _cleanup_(bo_settings_freep) struct bo_settings *settings = NULL;
        _cleanup_(check_clear) struct check stack = {.root = ""};
        int r = bo_explain_login(request->bo, request->args[0], request->value[OPTION_SERVICE],
                                 &place, &explanation);

        if (r != 0)
                return fail_call(request, r, "Cannot tell");
        if (!request->value[OPTION_SOCKET] && bo_settings_get(request->bo, &settings) == 0)
                check_uid_range(&stack, settings);
        if (!request->value[OPTION_SOCKET]) /* else the daemon is not that of this host */
                check_pam_service(&stack, request->value[OPTION_SERVICE],
                                  place.method && strcmp(place.method, "key") == 0);
        if (stack.failed)
                return fail("Out of memory.");
        if (request->json) {
                r = json_show(request, explanation, &stack);
                if (r != EXIT_DONE)
                        return r;
        } else {
                text_show(explanation);
                tokens_show(place.method);
                stack_show(&stack);
        }
        return is_let_in(explanation) ? EXIT_DONE : EXIT_REFUSED;
}
