/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl import: a file into users, customers or locations, each row judged for itself. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "boctl/bulk.h"
#include "boctl/progress.h"

static int options_read(struct import *import)
{
        const struct request *request = import->request;
        const char *most = request->value[OPTION_MAX_ERRORS];
        char *end;

        if (request->given & OPTION_BIT(DRY_RUN))
                import->flags |= BO_IMPORT_DRY_RUN;
        if (request->given & OPTION_BIT(MAIL))
                import->flags |= BO_IMPORT_MAIL;
        if ((import->flags & BO_IMPORT_MAIL) && import->what != BO_USERS)
                return fail_usage("--mail is for users.");
        import->max_errors = UINT64_MAX;
        if (!most)
                return EXIT_DONE;
        import->max_errors = strtoull(most, &end, 10);
        return most[0] < '0' || most[0] > '9' || *end || import->max_errors == 0 ||
                               strlen(most) > 18
                       ? fail_usage("--max-errors wants a number from 1, not '%s'.", most)
                       : EXIT_DONE;
}

/* The rows of a file, if it is one that can be read twice; 0: not known. */
static uint64_t count_lines(FILE *stream)
{
        uint64_t n = 0;
        struct stat status;
        char bytes[65536];
        size_t size;

        if (fstat(fileno(stream), &status) < 0 || !S_ISREG(status.st_mode))
                return 0;
        while ((size = fread(bytes, 1, sizeof(bytes), stream)) > 0)
                for (const char *at = bytes; (at = memchr(at, '\n', (size_t)(bytes + size - at)));
                     at++)
                        n++;
        rewind(stream);
        return n > 0 ? n - 1 : 0; /* without the names of the fields */
}

static int open_file(struct import *import, bool json, uint64_t *ret_total)
{
        struct row_reader *reader = &import->reader;
        bool from_stdin = strcmp(import->file, "-") == 0;
        int r;

        *ret_total = 0;
        reader->stream = from_stdin ? stdin : fopen(import->file, "re");
        if (!reader->stream)
                return fail("Cannot read %s: %s.", import->file, strerror(errno));
        if (!json)
                *ret_total = count_lines(reader->stream);
        if (from_stdin)
                import->file = "standard input";
        r = json ? json_reader(reader) : csv_reader(reader);
        import->seen = seen_new();
        if (import->request->json)
                import->problems = json_array();
        return r < 0 || !import->seen || (import->request->json && !import->problems)
                       ? fail("Out of memory.")
                       : EXIT_DONE;
}

static int take(struct import *import, enum row_found found)
{
        struct row_reader *reader = &import->reader;

        switch (found) {
        case ROW_GOOD:
                import->n_rows++;
                return import_add(import);
        case ROW_BAD:
                import->n_rows++;
                return import_problem(import, false, reader->line, "", reader->problem);
        case ROW_BROKEN:
                return import_problem(import, false, reader->line, "", reader->problem);
        case ROW_END:
                return EXIT_DONE;
        }
        return EXIT_REFUSED;
}

static int rows_take(struct import *import, struct progress *progress)
{
        enum row_found found;
        int r;

        do {
                found = import->reader.next(&import->reader);
                r = take(import, found);
                progress_at(progress, import->n_rows);
        } while (r == EXIT_DONE && (found == ROW_GOOD || found == ROW_BAD) &&
                 import->n_errors < import->max_errors);
        if (r == EXIT_DONE)
                r = import_send(import, false);
        if (r == EXIT_DONE)
                r = import_send(import, true);
        import->whole = r == EXIT_DONE && found == ROW_END;
        return r;
}

static int report_json(struct import *import)
{
        json_t *report = json_pack(
                "{s:I, s:I, s:I, s:I, s:b, s:b, s:O}", "created", (json_int_t)import->n_created,
                "unchanged", (json_int_t)import->n_unchanged, "errors",
                (json_int_t)import->n_errors, "warnings", (json_int_t)import->n_warnings, "dry_run",
                (import->flags & BO_IMPORT_DRY_RUN) != 0, "whole", import->whole, "problems",
                import->problems);

        if (!report)
                return fail("Out of memory.");
        (void)json_dumpf(report, stdout, JSON_INDENT(2)); /* errors stay with the stream */
        json_decref(report);
        putchar('\n');
        return EXIT_DONE;
}

static int report(struct import *import)
{
        bool dry = import->flags & BO_IMPORT_DRY_RUN;
        int r = EXIT_DONE;

        if (import->request->json)
                r = report_json(import);
        tell(import->request,
             "%s %" PRIu64 ", there already %" PRIu64 ", with errors %" PRIu64 ", warnings %" PRIu64
             ".%s",
             dry ? "To be created" : "Created", import->n_created, import->n_unchanged,
             import->n_errors, import->n_warnings, dry ? " Nothing was changed." : "");
        if (!import->whole)
                tell(import->request, "It ended early: the rest of the file was not looked at.");
        return r == EXIT_DONE && import->n_errors > 0 ? EXIT_REFUSED : r;
}

int verb_import(struct request *request)
{
        _cleanup_(import_clear) struct import import = {.request = request};
        _cleanup_(progress_end) struct progress progress = {0};
        uint64_t total = 0;
        bool json = false;
        int r;

        import.file = request->args[1];
        r = bulk_what(request, &import.what);
        if (r == EXIT_DONE)
                r = bulk_is_json(request, import.file, &json);
        if (r == EXIT_DONE)
                r = options_read(&import);
        if (r == EXIT_DONE)
                r = open_file(&import, json, &total);
        if (r != EXIT_DONE)
                return r;
        progress_begin(&progress, request->args[0], PROGRESS_COUNT, total, false);
        r = rows_take(&import, &progress);
        progress_end(&progress);
        if (r == EXIT_DONE)
                return report(&import);
        (void)report(&import); /* what was done until then; the rest is told */
        return r;
}
