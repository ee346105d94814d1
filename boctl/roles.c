/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl roles: the matrix of roles and permissions (R19). */
#include <string.h>

#include "boctl/table.h"

DEFINE_CLEANUP(struct bo_role_list *, bo_role_list_free)

static int roles_show_json(const struct request *request, const struct bo_role_list *roles)
{
        static const struct column columns[] = {{"name", "", CELL_TEXT},
                                                {"description", "", CELL_TEXT},
                                                {"permissions", "", CELL_LIST},
                                                {"second_factor", "", CELL_BOOL}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "roles", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        for (size_t i = 0; i < roles->n_items; i++) {
                const struct bo_role *role = &roles->items[i];

                table_row(table);
                table_text(table, 0, role->name);
                table_text(table, 1, role->description);
                table_list(table, 2, role->permissions, role->n_permissions);
                table_bool(table, 3, role->second_factor);
        }
        return table_end(table);
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every permission once, sorted; the strings stay those of @roles. NULL: out of memory. */
static const char **permissions_of(const struct bo_role_list *roles, size_t *ret_n)
{
        const char **names;
        size_t n = 0, kept = 0;

        for (size_t i = 0; i < roles->n_items; i++)
                n += roles->items[i].n_permissions;
        names = calloc(n + 1, sizeof(*names));
        if (!names)
                return NULL;
        n = 0;
        for (size_t i = 0; i < roles->n_items; i++)
                for (size_t j = 0; j < roles->items[i].n_permissions; j++)
                        names[n++] = roles->items[i].permissions[j];
        qsort(names, n, sizeof(*names), by_name);
        for (size_t i = 0; i < n; i++)
                if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
                        names[kept++] = names[i];
        *ret_n = kept;
        return names;
}

static bool permits(const struct bo_role *role, const char *permission)
{
        for (size_t i = 0; i < role->n_permissions; i++)
                if (strcmp(role->permissions[i], permission) == 0)
                        return true;
        return false;
}

/* Not a permission, but what it takes to have them (R54). */
static void factor_fill(struct table *table, const struct bo_role_list *roles)
{
        table_row(table);
        table_text(table, 0, "(second factor)");
        for (size_t i = 0; i < roles->n_items; i++)
                table_text(table, i + 1, roles->items[i].second_factor ? "yes" : "-");
}

static int matrix_fill(struct table *table, const struct bo_role_list *roles)
{
        _cleanup_(freep) const char **permissions = NULL;
        size_t n = 0;

        permissions = permissions_of(roles, &n);
        if (!permissions)
                return fail("Out of memory.");
        for (size_t i = 0; i < n; i++) {
                table_row(table);
                table_text(table, 0, permissions[i]);
                for (size_t j = 0; j < roles->n_items; j++)
                        table_text(table, j + 1,
                                   permits(&roles->items[j], permissions[i]) ? "yes" : "-");
        }
        factor_fill(table, roles);
        return table_end(table);
}

/* A row for each permission, a column for each role; what the roles are for below. */
static int matrix_show(const struct request *request, const struct bo_role_list *roles)
{
        _cleanup_(freep) struct column *columns = calloc(roles->n_items + 1, sizeof(*columns));
        _cleanup_(table_freep) struct table *table = NULL;
        int r;

        if (!columns)
                return fail("Out of memory.");
        columns[0] = (struct column){"permission", "PERMISSION", CELL_TEXT};
        for (size_t i = 0; i < roles->n_items; i++)
                columns[i + 1] =
                        (struct column){roles->items[i].name, roles->items[i].name, CELL_TEXT};
        table = table_new(request, "permissions", columns, roles->n_items + 1);
        if (!table)
                return fail("Out of memory.");
        r = matrix_fill(table, roles);
        if (r != EXIT_DONE)
                return r;
        putchar('\n');
        for (size_t i = 0; i < roles->n_items; i++)
                tell(request, "%-18s %s", roles->items[i].name,
                     roles->items[i].description ? roles->items[i].description : "");
        return EXIT_DONE;
}

int verb_roles(struct request *request)
{
        _cleanup_(bo_role_list_freep) struct bo_role_list *roles = NULL;
        int r = bo_role_list(request->bo, &roles);

        if (r != 0)
                return fail_call(request, r, "Cannot list the roles");
        return request->json ? roles_show_json(request, roles) : matrix_show(request, roles);
}
