/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl report pci: requirement 8 of PCI DSS v4.0.1, item by item, as text, JSON or a page. */
#include "boctl/pci.h"
#include "boctl/colour.h"
#include "boctl/pager.h"
#include "boctl/table.h"
#include "common/text.h"

#include <errno.h>
#include <string.h>

const char *pci_result_name(enum pci_result result)
{
        static const char *const names[] = {
                [PCI_MET] = "met",
                [PCI_PARTLY] = "partly",
                [PCI_NOT_MET] = "not met",
                [PCI_YOURS] = "yours",
        };

        return names[result];
}

static void keys_put(const struct pci_facts *facts, FILE *out, const char *keys)
{
        char key[64];

        for (const char *next = keys; next && *next;) {
                size_t length = strcspn(next, " ");

                snprintf(key, sizeof(key), "%.*s", (int)length, next);
                pci_setting_put(facts, out, "Accounts", key);
                next += length + strspn(next + length, " ");
        }
}

static int line_judge(const struct pci_facts *facts, const struct pci_item *item,
                      struct pci_line *line)
{
        size_t size;
        FILE *out = open_memstream(&line->evidence, &size);

        if (!out)
                return -ENOMEM;
        line->item = item;
        if (item->does)
                fprintf(out, "%s ", item->does);
        keys_put(facts, out, item->keys);
        line->result = item->judge ? item->judge(facts, out) : item->fixed;
        return fclose(out) == 0 ? 0 : -ENOMEM;
}

static bool has_remedy(const struct pci_line *line)
{
        return line->result != PCI_MET && *line->item->remedy;
}

/* false: no memory. */
static bool paragraph_put(const char *before, const char *text)
{
        _cleanup_(freep) char *clean = malloc(strlen(text) + 1);
        size_t column = 9 + strlen(before);

        if (!clean)
                return false;
        text_clean(clean, strlen(text) + 1, text, false);
        printf("         %s", before);
        for (char *rest = clean, *word; (word = strsep(&rest, " "));) {
                if (column > 9 && column + strlen(word) > 98) {
                        fputs("\n         ", stdout);
                        column = 9;
                }
                column += (size_t)printf("%s ", word);
        }
        putchar('\n');
        return true;
}

static bool line_put(const struct pci_line *line)
{
        printf("%-8s %s\n", line->item->number, pci_result_name(line->result));
        return paragraph_put("", line->item->asks) &&
               (!*line->evidence || paragraph_put("Evidence: ", line->evidence)) &&
               (!has_remedy(line) || paragraph_put("Remedy: ", line->item->remedy));
}

static int text_show(const struct pci_facts *facts, const struct pci_line *lines)
{
        size_t counts[PCI_YOURS + 1] = {0};

        printf("PCI DSS v4.0.1, requirement 8\n%s, %s, bo %s, Profile=%s\n\n", facts->host,
               facts->time, facts->version, pci_setting(facts, "Accounts", "Profile"));
        for (size_t i = 0; i < pci_items_size; i++) {
                counts[lines[i].result]++;
                if (!line_put(&lines[i]))
                        return fail("Out of memory.");
        }
        printf("\n%zu met, %zu partly, %zu not met, %zu yours.\n", counts[PCI_MET],
               counts[PCI_PARTLY], counts[PCI_NOT_MET], counts[PCI_YOURS]);
        return EXIT_DONE;
}

static int head_list(const struct request *request, const struct pci_facts *facts)
{
        static const struct column columns[] = {{"standard", "", CELL_TEXT},
                                                {"host", "", CELL_TEXT},
                                                {"time", "", CELL_TEXT},
                                                {"version", "", CELL_TEXT},
                                                {"profile", "", CELL_TEXT}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "report", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, true, false);
        table_row(table);
        table_text(table, 0, "PCI DSS v4.0.1, requirement 8");
        table_text(table, 1, facts->host);
        table_text(table, 2, facts->time);
        table_text(table, 3, facts->version);
        table_text(table, 4, pci_setting(facts, "Accounts", "Profile"));
        return table_end(table);
}

static int json_show(const struct request *request, const struct pci_facts *facts,
                     const struct pci_line *lines)
{
        static const struct column columns[] = {{"number", "", CELL_TEXT},
                                                {"result", "", CELL_TEXT},
                                                {"asks", "", CELL_TEXT},
                                                {"evidence", "", CELL_TEXT},
                                                {"remedy", "", CELL_TEXT}};
        int r = head_list(request, facts);
        _cleanup_(table_freep) struct table *table =
                table_new(request, "items", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, false, true);
        for (size_t i = 0; i < pci_items_size; i++) {
                table_row(table);
                table_text(table, 0, lines[i].item->number);
                table_text(table, 1, pci_result_name(lines[i].result));
                table_text(table, 2, lines[i].item->asks);
                table_text(table, 3, lines[i].evidence);
                table_text(table, 4, has_remedy(&lines[i]) ? lines[i].item->remedy : "");
        }
        return r == EXIT_DONE ? table_end(table) : r;
}

static int report_show(const struct request *request, const struct pci_facts *facts,
                       const struct pci_line *lines)
{
        const char *file = request->value[OPTION_HTML];
        int r = file ? pci_html(facts, lines, file) : 0;

        if (r < 0)
                return fail_write(file, r);
        if (file) {
                tell(request, "%s has the report.", file);
                return EXIT_DONE;
        }
        pager_begin(request);
        return request->json ? json_show(request, facts, lines) : text_show(facts, lines);
}

int verb_report_pci(struct request *request)
{
        _cleanup_(pci_facts_clear) struct pci_facts facts = {.check = {.root = ""}};
        _cleanup_(freep) struct pci_line *lines = calloc(pci_items_size, sizeof(*lines));
        bool failed = false;
        int r = lines ? pci_facts_get(request, &facts) : -ENOMEM;

        if (r == -ENOMEM)
                return fail("Out of memory.");
        if (r != 0)
                return fail_call(request, r, "Cannot make the report");
        for (size_t i = 0; r == 0 && i < pci_items_size; i++) {
                r = line_judge(&facts, &pci_items[i], &lines[i]);
                failed = failed || lines[i].result == PCI_NOT_MET;
        }
        if (failed)
                pager_verdict(EXIT_REFUSED);
        r = r == 0 ? report_show(request, &facts, lines) : fail("Out of memory.");
        for (size_t i = 0; i < pci_items_size; i++)
                free(lines[i].evidence);
        return r == EXIT_DONE && failed ? EXIT_REFUSED : r;
}
