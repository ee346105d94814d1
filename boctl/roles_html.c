/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The matrix of roles and permissions as a page: well-formed, of its own, read aloud as well. */
#include "boctl/html.h"
#include "boctl/roles.h"
#include "boctl/whole_file.h"

static const char head[] =
        "<!DOCTYPE html>\n"
        "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
        "<title>Roles and permissions</title>\n"
        "<style>\n"
        "body { font-family: sans-serif; margin: 2em; color: #1a1a1a; background: #fff; }\n"
        "table { border-collapse: collapse; margin-bottom: 2em; }\n"
        "caption { text-align: left; font-weight: bold; padding: 0.5em 0; }\n"
        "th, td { border: 1px solid #767676; padding: 0.3em 0.6em; text-align: left; }\n"
        "thead th { background: #eee; }\n"
        "td.yes { background: #d6f0d6; font-weight: bold; }\n"
        "</style>\n</head>\n<body>\n<main>\n<h1>Roles and permissions</h1>\n";

static const char foot[] = "</main>\n</body>\n</html>\n";

static void roles_put(FILE *out, const struct matrix *matrix)
{
        fputs("<table>\n<caption>The roles</caption>\n<thead>\n<tr><th scope=\"col\">Role</th>"
              "<th scope=\"col\">What it is for</th><th scope=\"col\">Demands the second "
              "factor</th>"
              "<th scope=\"col\">Is for secondary users</th></tr>\n</thead>\n<tbody>\n",
              out);
        for (size_t i = 0; i < matrix->n_roles; i++) {
                html_element(out, "<tr><th scope=\"row\">", matrix->roles[i].name, "</th>");
                html_element(out, "<td>", matrix->roles[i].description, "</td>");
                fprintf(out, "<td>%s</td>", matrix->roles[i].second_factor ? "yes" : "no");
                fprintf(out, "<td>%s</td></tr>\n", matrix->roles[i].secondary ? "yes" : "no");
        }
        fputs("</tbody>\n</table>\n", out);
}

static const char *needs(const struct bo_permission *permission)
{
        if (permission->second_factor && permission->approved_address)
                return "the second factor on; an approved address";
        if (permission->second_factor)
                return "the second factor on";
        return permission->approved_address ? "an approved address" : "";
}

static void headings_put(FILE *out, const struct matrix *matrix)
{
        fputs("<table>\n<caption>Which role permits what, and what else it takes</caption>\n"
              "<thead>\n<tr><th scope=\"col\">Permission</th><th scope=\"col\">What it is for</th>"
              "<th scope=\"col\">Needs</th>",
              out);
        for (size_t i = 0; i < matrix->n_roles; i++)
                html_element(out, "<th scope=\"col\">", matrix->roles[i].name, "</th>");
        fputs("</tr>\n</thead>\n<tbody>\n", out);
}

static void permission_put(FILE *out, const struct matrix *matrix,
                           const struct bo_permission *permission)
{
        html_element(out, "<tr><th scope=\"row\">", permission->name, "</th>");
        html_element(out, "<td>", permission->description, "</td>");
        html_element(out, "<td>", needs(permission), "</td>");
        for (size_t i = 0; i < matrix->n_roles; i++)
                fputs(role_permits(&matrix->roles[i], permission->name)
                              ? "<td class=\"yes\">yes</td>"
                              : "<td>no</td>",
                      out);
        fputs("</tr>\n", out);
}

int matrix_write_html(const struct matrix *matrix, const char *file)
{
        _cleanup_(whole_file_drop) struct whole_file whole = {0};
        int r = whole_file_begin(&whole, file, WHOLE_FILE_PUBLIC);

        if (r < 0)
                return r;
        fputs(head, whole.stream);
        headings_put(whole.stream, matrix);
        for (size_t i = 0; i < matrix->n_permissions; i++)
                permission_put(whole.stream, matrix, &matrix->permissions[i]);
        fputs("</tbody>\n</table>\n", whole.stream);
        roles_put(whole.stream, matrix);
        fputs(foot, whole.stream);
        return whole_file_commit(&whole);
}
