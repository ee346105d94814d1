/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl metrics: what the daemon counts, in the text format of Prometheus 0.0.4. */
#include <locale.h>
#include <string.h>

#include "boctl/table.h"
#include "boctl/whole_file.h"

DEFINE_CLEANUP(struct bo_metrics *, bo_metrics_free)

#define NUMBER_SIZE 32

/* Short, but exact: what is a whole number looks like one. */
static void number_text(char out[NUMBER_SIZE], double value)
{
        snprintf(out, NUMBER_SIZE, "%.15g", value);
        if (strtod(out, NULL) != value)
                snprintf(out, NUMBER_SIZE, "%.17g", value);
}

static void head_put(FILE *out, const char *family, const char *type, const char *help)
{
        fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", family, help, family, type);
}

/* @metrics is NULL where the daemon gave none. */
static void text_put(FILE *out, const struct bo_metrics *metrics)
{
        const char *family = "";

        head_put(out, "bo_up", "gauge", "Whether bo-accountd answered with its numbers.");
        fprintf(out, "bo_up %d\n", metrics != NULL);
        for (size_t i = 0; metrics && i < metrics->n_items; i++) {
                const struct bo_metric *metric = &metrics->items[i];
                bool labels = metric->labels[0] != '\0';
                char number[NUMBER_SIZE];

                if (strcmp(metric->family, family) != 0)
                        head_put(out, metric->family, metric->type, metric->help);
                family = metric->family;
                number_text(number, metric->value);
                fprintf(out, "%s%s%s%s%s %s\n", family, metric->suffix, labels ? "{" : "",
                        metric->labels, labels ? "}" : "", number);
        }
}

static int json_show(const struct request *request, const struct bo_metrics *metrics)
{
        static const struct column columns[] = {
                {"name", "", CELL_TEXT},
                {"labels", "", CELL_TEXT},
                {"type", "", CELL_TEXT},
                {"value", "", CELL_TEXT},
        };
        _cleanup_(table_freep) struct table *table =
                table_new(request, "metrics", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < metrics->n_items; i++) {
                const struct bo_metric *metric = &metrics->items[i];
                char name[128], number[NUMBER_SIZE];

                snprintf(name, sizeof(name), "%s%s", metric->family, metric->suffix);
                number_text(number, metric->value);
                table_row(table);
                table_text(table, 0, name);
                table_text(table, 1, metric->labels);
                table_text(table, 2, metric->type);
                table_text(table, 3, number);
        }
        return table_end(table);
}

static int file_write(const char *name, const struct bo_metrics *metrics)
{
        _cleanup_(whole_file_drop) struct whole_file file = {0};
        int r = whole_file_begin(&file, name, WHOLE_FILE_PUBLIC);

        if (r == 0) {
                text_put(file.stream, metrics);
                r = whole_file_commit(&file);
        }
        return r < 0 ? fail_write(name, r) : EXIT_DONE;
}

int verb_metrics(struct request *request)
{
        _cleanup_(bo_metrics_freep) struct bo_metrics *metrics = NULL;
        const char *name = request->value[OPTION_OUTPUT];
        int r = connect_patiently(&request->bo, request->value[OPTION_SOCKET]);

        if (r == 0)
                r = bo_metrics_get(request->bo, &metrics);

        setlocale(LC_NUMERIC, "C"); /* a decimal comma is none of Prometheus */
        /* An old file would look as if all were well. */
        if (r != 0 && name)
                (void)file_write(name, NULL); /* told, and what follows is told as well */
        if (r != 0)
                return fail_call(request, r, "Cannot get the metrics");
        if (name)
                return file_write(name, metrics);
        if (request->json)
                return json_show(request, metrics);
        text_put(stdout, metrics);
        return EXIT_DONE;
}
