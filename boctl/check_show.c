/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was looked at and found, shown part by part. */
#include "boctl/check.h"
#include "boctl/colour.h"
#include "boctl/table.h"
#include "common/text.h"

#include <string.h>

/* What the person reads, and what a program does. */
static const struct {
        const char *text, *json;
} words[] = {
        [CHECK_OK] = {"ok", "ok"},
        [CHECK_SKIPPED] = {"skipped", "skipped"},
        [CHECK_WARNING] = {"warning", "warning"},
        [CHECK_FAULT] = {"FAULT", "fault"},
};

#define WIDTH  100
#define INDENT 9

/* Wrapped at blanks, but never within `a command`: it is copied as it stands. */
static void paragraph_put(const char *prefix, const char *text)
{
        char clean[4096];
        size_t column = INDENT + strlen(prefix);
        bool quoted = false;

        text_clean(clean, sizeof(clean), text, false);
        printf("%*s%s", INDENT, "", prefix);
        for (const char *word = clean; *word;) {
                const char *end = word;

                for (; *end && (quoted || *end != ' '); end++)
                        if (*end == '`')
                                quoted = !quoted;
                if (word != clean && column + 1 + (size_t)(end - word) > WIDTH) {
                        printf("\n%*s", INDENT, "");
                        column = INDENT;
                } else if (word != clean) {
                        putchar(' ');
                        column++;
                }
                fwrite(word, 1, (size_t)(end - word), stdout);
                column += (size_t)(end - word);
                word = end + strspn(end, " ");
        }
        putchar('\n');
}

static void part_put(const struct check *check, size_t part)
{
        const char *word = words[check_worst(check, check->parts[part])].text;
        enum colour colour = colour_of_status(words[check_worst(check, check->parts[part])].json);

        printf("%s%-*s%s%s\n", colour_on(stdout, colour), INDENT, word,
               colour == COLOUR_NONE ? "" : colour_off(stdout), check->parts[part]);
        for (size_t i = 0; i < check->n_findings; i++) {
                const struct check_finding *finding = &check->findings[i];

                if (finding->part != part)
                        continue;
                paragraph_put("", finding->text);
                if (*finding->remedy)
                        paragraph_put("Remedy: ", finding->remedy);
        }
}

static size_t count(const struct check *check, enum check_result result)
{
        size_t n = 0;

        for (size_t i = 0; i < check->n_findings; i++)
                n += check->findings[i].result == result;
        return n;
}

static void text_show(const struct check *check)
{
        size_t n_faults = count(check, CHECK_FAULT), n_warnings = count(check, CHECK_WARNING),
               n_skipped = count(check, CHECK_SKIPPED);

        for (size_t i = 0; i < check->n_parts; i++)
                part_put(check, i);
        putchar('\n');
        if (n_faults + n_warnings + n_skipped == 0) {
                puts("All is well.");
                return;
        }
        printf("%zu fault%s, %zu warning%s", n_faults, n_faults == 1 ? "" : "s", n_warnings,
               n_warnings == 1 ? "" : "s");
        if (n_skipped > 0)
                printf(", %zu not looked at", n_skipped);
        puts(".");
}

static int parts_list(const struct request *request, const struct check *check)
{
        static const struct column columns[] = {
                {"part", "PART", CELL_TEXT},
                {"result", "RESULT", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "parts", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, true, false);
        for (size_t i = 0; i < check->n_parts; i++) {
                table_row(table);
                table_text(table, 0, check->parts[i]);
                table_text(table, 1, words[check_worst(check, check->parts[i])].json);
        }
        return table_end(table);
}

int check_findings_list(const struct request *request, const struct check *check, const char *name)
{
        static const struct column columns[] = {
                {"severity", "SEVERITY", CELL_TEXT},
                {"part", "PART", CELL_TEXT},
                {"text", "FINDING", CELL_TEXT},
                {"remedy", "REMEDY", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, name, columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, false, true);
        for (size_t i = 0; i < check->n_findings; i++) {
                const struct check_finding *finding = &check->findings[i];

                table_row(table);
                table_text(table, 0, words[finding->result].json);
                table_text(table, 1, check->parts[finding->part]);
                table_text(table, 2, finding->text);
                table_text(table, 3, finding->remedy);
        }
        return table_end(table);
}

int check_show(const struct request *request, const struct check *check)
{
        int r = EXIT_DONE;

        if (!request->json) {
                text_show(check);
                return EXIT_DONE;
        }
        r = parts_list(request, check);
        return r == EXIT_DONE ? check_findings_list(request, check, "findings") : r;
}
