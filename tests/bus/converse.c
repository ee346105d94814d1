/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * converse SOCKET PHASE USER SERVICE: a login by libbo, as root. Answers come a line each on stdin;
 * questions go to stdout as "KIND TEXT", with line breaks in TEXT as \n. Exit: 0 for success, 1
 * for another outcome, 2 if there was no answer.
 */
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "libbo/bo.h"

DEFINE_CLEANUP(bo *, bo_close)

static void question_print(const struct bo_question *question)
{
        static const char *const kinds[] = {
                [BO_SECRET] = "secret", [BO_VISIBLE] = "visible", [BO_INFO] = "info",
                [BO_FAILURE] = "error", [BO_DONE] = "done",
        };

        printf("%s ", kinds[question->kind]);
        for (const char *c = question->text; *c; c++)
                if (*c == '\n')
                        fputs("\\n", stdout);
                else
                        putchar(*c);
        putchar('\n');
        fflush(stdout);
}

static int phase_from_name(const char *name, enum bo_phase *ret_phase)
{
        static const char *const phases[] = {"auth", "account", "password", "session"};

        for (size_t i = 0; i < ELEMENTS(phases); i++)
                if (strcmp(phases[i], name) == 0) {
                        *ret_phase = (enum bo_phase)i;
                        return 0;
                }
        return -1;
}

static int answer(bo *client, struct bo_question *question)
{
        char line[BO_ANSWER_MAX + 2] = "";

        if (question->kind == BO_INFO || question->kind == BO_FAILURE)
                return bo_login_step(client, question->login, NULL, 0, question);
        if (!fgets(line, sizeof(line), stdin))
                return bo_login_cancel(client, question->login, question);
        return bo_login_step(client, question->login, line, strcspn(line, "\n"), question);
}

int main(int argc, char **argv)
{
        _cleanup_(bo_closep) bo *client = NULL;
        struct bo_login_context context = {0};
        struct bo_question question;
        enum bo_phase phase;
        int r;

        if (argc != 5 || phase_from_name(argv[2], &phase) < 0)
                return 2;
        context.user = argv[3];
        context.service = argv[4];
        r = bo_open(&client, argv[1]);
        if (r == 0)
                r = bo_login_begin(client, phase, &context, &question);
        while (r == 0) {
                question_print(&question);
                if (question.kind == BO_DONE)
                        return question.outcome ? 1 : 0;
                r = answer(client, &question);
        }
        fprintf(stderr, "%s\n", client && r > 0 ? bo_message(client) : bo_error_text(r));
        return 2;
}
