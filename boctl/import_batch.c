/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows on their way in: gathered while they have the same fields, sent, and what came of them told.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "boctl/bulk.h"
#include "common/text.h"

/* Rows of one call, which takes a worker of the daemon as long as it lasts. */
#define BATCH       250
#define BATCH_BYTES (1 << 20) /* a row may be long, and a message has a bound */

#define BUSY_TRIES 50
#define BUSY_NSEC  200000000L
#define LATE_MOST  3 /* calls without an answer, each of half a minute */

DEFINE_CLEANUP(struct bo_imported *, bo_imported_free)

int import_problem(struct import *import, bool warning, uint64_t line, const char *field,
                   const char *text)
{
        const char *word = import->reader.line_word;
        json_t *problem;
        char clean[1024];

        if (warning)
                import->n_warnings++;
        else
                import->n_errors++;
        if (!import->problems) {
                void (*put)(const char *, ...) __attribute__((format(printf, 1, 2))) =
                        warning ? warn : complain;

                put("%s, %s %" PRIu64 ": %s%s%s", import->file, word, line, field,
                    field[0] ? ": " : "", text);
                return EXIT_DONE;
        }
        /* It may say what is in the file, cut off in the midst of a character. */
        text_clean(clean, sizeof(clean), text, false);
        problem = json_pack("{s:s, s:I, s:s, s:s}", "severity", warning ? "warning" : "error", word,
                            (json_int_t)line, "field", field, "text", clean);
        return problem && json_array_append_new(import->problems, problem) == 0
                       ? EXIT_DONE
                       : fail("Out of memory.");
}

static void batch_clear(struct import *import)
{
        for (size_t i = 0; i < import->n_waiting * import->n_fields; i++)
                free(import->cells[i]);
        import->n_waiting = import->bytes_waiting = 0;
}

static void fields_clear(struct import *import)
{
        for (size_t i = 0; i < import->n_fields; i++)
                free(import->fields[i]);
        free(import->fields);
        free(import->cells);
        free(import->lines);
        import->fields = import->cells = NULL;
        import->lines = NULL;
        import->n_fields = 0;
}

void import_clear(struct import *import)
{
        batch_clear(import);
        fields_clear(import);
        row_cells_free(&import->reader);
        row_fields_free(&import->reader);
        if (import->reader.clear)
                import->reader.clear(&import->reader);
        if (import->reader.stream && import->reader.stream != stdin)
                (void)fclose(import->reader.stream); /* it was only read */
        seen_free(import->seen);
        json_decref(import->problems);
}

static bool same_fields(const struct import *import)
{
        const struct row_reader *reader = &import->reader;

        if (import->n_fields != reader->n_fields)
                return false;
        for (size_t i = 0; i < import->n_fields; i++)
                if (strcmp(import->fields[i], reader->fields[i]) != 0)
                        return false;
        return true;
}

static int fields_take(struct import *import)
{
        const struct row_reader *reader = &import->reader;

        fields_clear(import);
        import->fields = calloc(reader->n_fields + 1, sizeof(*import->fields));
        import->cells = calloc(BATCH * (reader->n_fields + 1), sizeof(*import->cells));
        import->lines = calloc(BATCH, sizeof(*import->lines));
        if (!import->fields || !import->cells || !import->lines)
                return fail("Out of memory.");
        for (; import->n_fields < reader->n_fields; import->n_fields++) {
                import->fields[import->n_fields] = strdup(reader->fields[import->n_fields]);
                if (!import->fields[import->n_fields])
                        return fail("Out of memory.");
        }
        return EXIT_DONE;
}

/* A daemon that has too much to do is asked again for ten seconds; one that has not answered, as
 * while a disk stalls, as well: what it did nevertheless is there then, and passed over. */
static int call(struct import *import, unsigned flags, struct bo_imported **ret_imported)
{
        const struct timespec pause = {.tv_nsec = BUSY_NSEC};
        int r = BO_ERR_BUSY, n_late = 0;

        for (int i = 0; i < BUSY_TRIES && (r == BO_ERR_BUSY || r == -ETIMEDOUT); i++) {
                if (i > 0)
                        (void)nanosleep(&pause, NULL); /* a shorter pause does no harm */
                r = bo_import(import->request->bo, import->what,
                              (const char *const *)import->fields, import->n_fields,
                              (const char *const *)import->cells, import->n_waiting, flags,
                              ret_imported);
                if (r == -ETIMEDOUT && ++n_late == LATE_MOST)
                        break;
        }
        return r;
}

static int outcome(struct import *import, const struct bo_imported *imported)
{
        int r = EXIT_DONE;

        import->n_created += imported->created;
        import->n_unchanged += imported->unchanged;
        for (size_t i = 0; r == EXIT_DONE && i < imported->n_remarks; i++) {
                const struct bo_import_remark *remark = &imported->remarks[i];
                uint64_t line = remark->row < import->n_waiting ? import->lines[remark->row] : 0;

                r = import_problem(import, strcmp(remark->severity, "warning") == 0, line,
                                   remark->field, remark->text);
        }
        return r;
}

int import_send(struct import *import, bool last)
{
        _cleanup_(bo_imported_freep) struct bo_imported *imported = NULL;
        unsigned flags = import->flags | (last ? 0 : BO_IMPORT_MORE);
        int r;

        if (import->n_fields == 0 || (import->n_waiting == 0 && !last))
                return EXIT_DONE;
        r = call(import, flags, &imported);
        if (r != 0)
                return fail_call(import->request, r,
                                 "The import ended after %" PRIu64 " rows (begun again, it passes "
                                 "over those that are there)",
                                 import->n_created + import->n_unchanged + import->n_errors);
        r = outcome(import, imported);
        batch_clear(import);
        return r;
}

/* 1: a row before has the same. */
static int seen_before(struct import *import, const char *prefix, const char *field,
                       const char *key)
{
        int64_t at = seen_at(import->seen, prefix, key, import->reader.line);
        char text[128];
        int r;

        if (at <= 0)
                return at < 0 ? fail("Out of memory."), -1 : 0;
        snprintf(text, sizeof(text), "%s %" PRId64 " of the file has \"%.64s\" already.",
                 import->reader.line_word, at, key);
        r = import_problem(import, false, import->reader.line, field, text);
        return r == EXIT_DONE ? 1 : -1;
}

/* What is in one row alone: names, in whatever case of letters, dead ones too, ids, uids, and the
 * terminals of a customer. */
static const char *prefix_of(const struct import *import, const char *field)
{
        const struct row_reader *reader = &import->reader;

        switch (import->what) {
        case BO_USERS:
                return strcmp(field, "name") == 0 || strcmp(field, "former_names") == 0 ? "n:"
                       : strcmp(field, "uid") == 0                                      ? "u:"
                                                                                        : NULL;
        case BO_CUSTOMERS:
                return strcmp(field, "id") == 0 ? "n:" : NULL;
        case BO_LOCATIONS:
                if (strcmp(field, "id") == 0)
                        return "n:";
                for (size_t i = 0; i < reader->n_fields; i++)
                        if (strcmp(reader->fields[i], "customer") == 0 &&
                            strcmp(field, "terminals") == 0)
                                return reader->cells[i];
                return NULL;
        }
        return NULL;
}

static int check_field(struct import *import, const char *prefix, const char *field,
                       const char *text)
{
        bool is_list = field[strlen(field) - 1] == 's'; /* former_names, terminals */
        const char *between = is_list ? " " : "";
        _cleanup_(bo_string_freep) char *words = strdup(text);
        char *state = NULL;
        int r = 0;

        if (!words)
                return fail("Out of memory."), -1;
        /* ttyS0 is another line than ttys0, for the daemon too. */
        if (strcmp(field, "terminals") != 0)
                text_fold(words);
        for (char *word = strtok_r(words, between, &state); r == 0 && word;
             word = strtok_r(NULL, between, &state))
                r = seen_before(import, prefix, field, word);
        return r;
}

/* The daemon sees one batch after another, and in a dry run none of those before. */
static int check_seen(struct import *import)
{
        const struct row_reader *reader = &import->reader;
        int r = 0;

        for (size_t i = 0; r == 0 && i < reader->n_fields; i++) {
                const char *prefix = prefix_of(import, reader->fields[i]);

                if (prefix)
                        r = check_field(import, prefix, reader->fields[i], reader->cells[i]);
        }
        return r;
}

int import_add(struct import *import)
{
        struct row_reader *reader = &import->reader;
        int seen = check_seen(import), r = EXIT_DONE;

        if (seen != 0)
                return seen < 0 ? EXIT_REFUSED : EXIT_DONE;
        if (!same_fields(import)) {
                r = import_send(import, false);
                if (r == EXIT_DONE)
                        r = fields_take(import);
        }
        if (r != EXIT_DONE)
                return r;
        for (size_t i = 0; i < reader->n_cells; i++)
                import->bytes_waiting += strlen(reader->cells[i]);
        memcpy(&import->cells[import->n_waiting * import->n_fields], reader->cells,
               reader->n_cells * sizeof(reader->cells[0]));
        reader->n_cells = 0; /* they are ours now */
        import->lines[import->n_waiting++] = reader->line;
        return import->n_waiting == BATCH || import->bytes_waiting > BATCH_BYTES
                       ? import_send(import, false)
                       : EXIT_DONE;
}
