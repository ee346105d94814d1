/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks before what cannot be taken back. */
#include <string.h>

#include "boctl/boctl.h"
#include "boctl/terminal.h"

int ask_yes(const struct request *request, const char *question)
{
        char prompt[512], answer[16];

        if (request->given & OPTION_BIT(YES))
                return EXIT_DONE;
        snprintf(prompt, sizeof(prompt), "%s Type yes: ", question);
        if (terminal_ask(prompt, true, answer, sizeof(answer)) != 0)
                return fail("Nothing was changed: without a terminal, say --yes.");
        return strcmp(answer, "yes") == 0 ? EXIT_DONE : fail("Nothing was changed.");
}
