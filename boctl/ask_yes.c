/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks before what cannot be taken back. */
#include <string.h>

#include "boctl/boctl.h"
#include "boctl/terminal.h"

int ask_yes(const struct request *request, const char *question)
{
        _cleanup_(freep) char *prompt = NULL;
        char answer[16];

        if (request->given & OPTION_BIT(YES))
                return EXIT_DONE;
        if (asprintf(&prompt, "%s Type yes: ", question) < 0) {
                prompt = NULL;
                return fail("Out of memory.");
        }
        if (terminal_ask(prompt, true, answer, sizeof(answer)) != 0)
                return fail("Nothing was changed: without a terminal, say --yes.");
        return strcmp(answer, "yes") == 0 ? EXIT_DONE : fail("Nothing was changed.");
}
