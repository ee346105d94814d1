/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report on requirement 8 as a page: of its own, to be printed, read aloud as well. */
#include "boctl/html.h"
#include "boctl/pci.h"
#include "boctl/whole_file.h"

static const char head[] =
        "<!DOCTYPE html>\n"
        "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<title>PCI DSS v4.0.1, requirement 8</title>\n"
        "<style>\n"
        "body { font-family: sans-serif; margin: 2em; color: #1a1a1a; background: #fff; }\n"
        "table { border-collapse: collapse; }\n"
        "th, td { border: 1px solid #767676; padding: 0.3em 0.6em; text-align: left; "
        "vertical-align: top; overflow-wrap: anywhere; }\n"
        "thead th { background: #eee; }\n"
        "td.r0 { background: #d6f0d6; }\ntd.r1 { background: #fff3c4; }\n"
        "td.r2 { background: #f8d0d0; font-weight: bold; }\n"
        "@media print { body { margin: 0; font-size: 9pt; } tr { break-inside: avoid; } "
        "thead { display: table-header-group; } }\n"
        "</style>\n</head>\n<body>\n<main>\n<h1>PCI DSS v4.0.1, requirement 8</h1>\n";

static const char columns[] =
        "<table>\n<thead>\n<tr><th scope=\"col\">Item</th><th scope=\"col\">Asks</th>"
        "<th scope=\"col\">Result</th><th scope=\"col\">Evidence</th>"
        "<th scope=\"col\">Remedy</th></tr>\n</thead>\n<tbody>\n";

static void line_put(FILE *out, const struct pci_line *line)
{
        html_element(out, "<tr><th scope=\"row\">", line->item->number, "</th>");
        html_element(out, "<td>", line->item->asks, "</td>");
        fprintf(out, "<td class=\"r%d\">%s</td>", (int)line->result, pci_result_name(line->result));
        html_element(out, "<td>", line->evidence, "</td>");
        html_element(out, "<td>", line->result == PCI_MET ? "" : line->item->remedy,
                     "</td></tr>\n");
}

int pci_html(const struct pci_facts *facts, const struct pci_line *lines, const char *file)
{
        _cleanup_(whole_file_drop) struct whole_file whole = {0};
        /* It tells an attacker where to begin. */
        int r = whole_file_begin(&whole, file, WHOLE_FILE_PRIVATE);

        if (r < 0)
                return r;
        fputs(head, whole.stream);
        html_element(whole.stream, "<p>Host ", facts->host, ", ");
        html_element(whole.stream, "", facts->time, ", bo ");
        html_element(whole.stream, "", facts->version, ", Profile=");
        html_element(whole.stream, "", pci_setting(facts, "Accounts", "Profile"), "</p>\n");
        fputs(columns, whole.stream);
        for (size_t i = 0; i < pci_items_size; i++)
                line_put(whole.stream, &lines[i]);
        fputs("</tbody>\n</table>\n</main>\n</body>\n</html>\n", whole.stream);
        return whole_file_commit(&whole);
}
