/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours, where a person looks: https://no-color.org, and the eight that every terminal has. */
#include "boctl/colour.h"

#include <string.h>

/* Decided for stdout and stderr before the pager takes the place of stdout. */
static bool decided, on_stdout, on_stderr;

static void decide(const char *when)
{
        const char *no = getenv("NO_COLOR"), *kind = getenv("TERM");
        bool may = !(no && *no) && kind && strcmp(kind, "dumb") != 0;

        decided = true;
        if (strcmp(when, "auto") != 0)
                may = strcmp(when, "always") == 0;
        on_stdout = may && (strcmp(when, "always") == 0 || isatty(STDOUT_FILENO));
        on_stderr = may && (strcmp(when, "always") == 0 || isatty(STDERR_FILENO));
}

int colour_begin(const struct request *request)
{
        const char *when = request->value[OPTION_COLOR] ? request->value[OPTION_COLOR] : "auto";

        if (strcmp(when, "auto") != 0 && strcmp(when, "always") != 0 && strcmp(when, "never") != 0)
                return fail_usage("--color wants auto, always or never, not '%s'.", when);
        decide(when);
        return EXIT_DONE;
}

static bool is_on(FILE *stream)
{
        if (!decided)
                decide("auto");
        return stream == stderr ? on_stderr : on_stdout;
}

const char *colour_on(FILE *stream, enum colour colour)
{
        static const char *const sequences[] = {
                [COLOUR_NONE] = "",          [COLOUR_BOLD] = "\033[1m",
                [COLOUR_GOOD] = "\033[32m",  [COLOUR_DOUBTFUL] = "\033[33m",
                [COLOUR_BAD] = "\033[1;31m",
        };

        return is_on(stream) ? sequences[colour] : "";
}

const char *colour_off(FILE *stream)
{
        return is_on(stream) ? "\033[0m" : "";
}

enum colour colour_of_status(const char *word)
{
        static const struct {
                const char *word;
                enum colour colour;
        } known[] = {
                {"active", COLOUR_GOOD},
                {"approved", COLOUR_GOOD},
                {"ok", COLOUR_GOOD},
                {"activation-sent", COLOUR_DOUBTFUL},
                {"password-expired", COLOUR_DOUBTFUL},
                {"pending", COLOUR_DOUBTFUL},
                {"warning", COLOUR_DOUBTFUL},
                {"deactivated", COLOUR_BAD},
                {"locked-attempts", COLOUR_BAD},
                {"locked-inactivity", COLOUR_BAD},
                {"fault", COLOUR_BAD},
                {"unavailable", COLOUR_BAD},
        };

        for (size_t i = 0; i < ELEMENTS(known); i++)
                if (strcmp(word, known[i].word) == 0)
                        return known[i].colour;
        return COLOUR_NONE;
}
