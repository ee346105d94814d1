/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl export: all users, customers or locations into a file, page by page. */
#include <errno.h>
#include <string.h>

#include "boctl/bulk.h"
#include "boctl/progress.h"
#include "boctl/whole_file.h"

#define PAGE 1000

DEFINE_CLEANUP(struct bo_rows *, bo_rows_free)

static const char *const words[] = {
        [BO_USERS] = "users",
        [BO_CUSTOMERS] = "customers",
        [BO_LOCATIONS] = "locations",
};

int bulk_what(const struct request *request, enum bo_bulk *ret_what)
{
        const char *near;

        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcmp(request->args[0], words[i]) == 0) {
                        *ret_what = (enum bo_bulk)i;
                        return EXIT_DONE;
                }
        near = nearest(request->args[0], words, ELEMENTS(words));
        return fail_usage("'%s' is none of users, customers, locations.%s%s%s", request->args[0],
                          near ? " Did you mean " : "", near ? near : "", near ? "?" : "");
}

int bulk_is_json(const struct request *request, const char *file, bool *ret_json)
{
        const char *format = request->value[OPTION_FORMAT], *dot = strrchr(file, '.');

        *ret_json = format ? strcmp(format, "json") == 0 : dot && strcmp(dot, ".json") == 0;
        return !format || *ret_json || strcmp(format, "csv") == 0
                       ? EXIT_DONE
                       : fail_usage("--format wants csv or json, not '%s'.", format);
}

struct export
{
        struct request *request;
        enum bo_bulk what;
        bool json, begun;
        struct row_writer writer;
        struct progress progress;
        uint64_t n;
};

/* 0 or a negative errno. */
static int rows_write(struct export *export, const struct bo_rows *rows)
{
        struct row_writer *writer = &export->writer;

        errno = 0;
        writer->fields = (const char *const *)rows->fields;
        writer->n_fields = rows->n_fields;
        if (!export->begun)
                (export->json ? json_writer : csv_writer)(writer);
        export->begun = true;
        for (size_t i = 0; i < rows->n_rows && !ferror(writer->stream); i++)
                writer->row(writer, (const char *const *)rows->cells + i * rows->n_fields);
        export->n += rows->n_rows;
        progress_at(&export->progress, export->n);
        return stream_state(writer->stream);
}

/* EXIT_DONE, or told. */
static int pages_write(struct export *export, const char *name)
{
        _cleanup_(bo_string_freep) char *cursor = strdup("");
        const struct request *request = export->request;

        if (!cursor)
                return fail("Out of memory.");
        do {
                _cleanup_(bo_rows_freep) struct bo_rows *rows = NULL;
                int r = bo_export(request->bo, export->what, request->value[OPTION_CUSTOMER],
                                  cursor, PAGE, &rows);

                if (r != 0)
                        return fail_call(request, r, "Cannot export %s", words[export->what]);
                r = rows_write(export, rows);
                if (r < 0)
                        return fail_write(name, r);
                if (export->writer.failed)
                        return fail("Out of memory.");
                free(cursor);
                cursor = strdup(rows->next);
        } while (cursor && cursor[0]);
        if (!cursor)
                return fail("Out of memory.");
        export->writer.end(&export->writer);
        return EXIT_DONE;
}

/* Whole or not at all, and for nobody else to read: it has names and addresses of people. */
static int export_file(struct export *export, const char *name)
{
        _cleanup_(whole_file_drop) struct whole_file whole = {0};
        int r = whole_file_begin(&whole, name, WHOLE_FILE_PRIVATE);

        if (r < 0)
                return fail_write(name, r);
        export->writer.stream = whole.stream;
        r = pages_write(export, name);
        progress_end(&export->progress);
        if (r != EXIT_DONE)
                return r;
        r = whole_file_commit(&whole);
        if (r < 0)
                return fail_write(name, r);
        tell(export->request, "%llu %s are in %s.", (unsigned long long)export->n,
             words[export->what], name);
        return EXIT_DONE;
}

int verb_export(struct request *request)
{
        const char *file = request->n_args > 1 ? request->args[1] : "-";
        struct export export = {.request = request};
        bool to_file = strcmp(file, "-") != 0;
        int r = bulk_what(request, &export.what);

        if (r == EXIT_DONE)
                r = bulk_is_json(request, file, &export.json);
        if (r != EXIT_DONE)
                return r;
        export.json |= request->json && !request->value[OPTION_FORMAT] && !to_file;
        progress_begin(&export.progress, words[export.what], PROGRESS_COUNT, 0, !to_file);
        if (to_file)
                return export_file(&export, file);
        export.writer.stream = stdout;
        r = pages_write(&export, file);
        progress_end(&export.progress);
        return r;
}
