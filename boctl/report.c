/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How boctl tells failure (stderr, exit code) and success. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "boctl/boctl.h"
#include "boctl/colour.h"
#include "boctl/progress.h"
#include "common/text.h"

/* What a line is made of may come from the store or the command line: cleaned before it is seen. */
static void line_put(FILE *stream, enum colour colour, const char *prefix, const char *text)
{
        char clean[2048];

        text_clean(clean, sizeof(clean), text, false);
        progress_hide();
        fprintf(stream, "%s%s%s%s\n", colour_on(stream, colour), prefix,
                *prefix ? colour_off(stream) : "", clean);
}

__attribute__((format(printf, 4, 0))) static void line_format(FILE *stream, enum colour colour,
                                                              const char *prefix,
                                                              const char *format, va_list arguments)
{
        char text[2048];

        vsnprintf(text, sizeof(text), format, arguments);
        line_put(stream, colour, prefix, text);
}

int fail_usage(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        line_format(stderr, COLOUR_BAD, "boctl: ", format, arguments);
        va_end(arguments);
        fputs("`boctl --help` shows all commands, `boctl COMMAND --help` one.\n", stderr);
        return EXIT_USAGE;
}

int fail(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        line_format(stderr, COLOUR_BAD, "boctl: ", format, arguments);
        va_end(arguments);
        return EXIT_REFUSED;
}

void complain(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        line_format(stderr, COLOUR_BAD, "boctl: ", format, arguments);
        va_end(arguments);
}

int fail_write(const char *name, int error)
{
        if (error == -EEXIST)
                return fail("Cannot write %s: it is there, and is no regular file. Name another, "
                            "or `-` for the standard output.",
                            name);
        return fail("Cannot write %s: %s.",
                    strcmp(name, "-") == 0 ? "to the standard output" : name, strerror(-error));
}

int fail_call(const struct request *request, int r, const char *format, ...)
{
        const char *why = r > 0 && request->bo ? bo_message(request->bo) : bo_error_text(r);
        char what[512], text[2048];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(what, sizeof(what), format, arguments);
        va_end(arguments);
        snprintf(text, sizeof(text), "%s: %s", what, why);
        line_put(stderr, COLOUR_BAD, "boctl: ", text);
        return exit_code(r);
}

void warn(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        line_format(stderr, COLOUR_DOUBTFUL, "Warning: ", format, arguments);
        va_end(arguments);
}

void tell(const struct request *request, const char *format, ...)
{
        va_list arguments;

        if (request->json)
                return;
        va_start(arguments, format);
        line_format(stdout, COLOUR_NONE, "", format, arguments);
        va_end(arguments);
}
