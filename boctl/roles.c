/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* boctl roles: the matrix of roles and permissions (R19), as text, JSON or a page. */
#include "boctl/roles.h"
#include "boctl/pager.h"

#include <string.h>

DEFINE_CLEANUP(struct bo_role_list *, bo_role_list_free)
DEFINE_CLEANUP(struct bo_permission_list *, bo_permission_list_free)

bool role_permits(const struct bo_role *role, const char *permission)
{
        for (size_t i = 0; i < role->n_permissions; i++)
                if (strcmp(role->permissions[i], permission) == 0)
                        return true;
        return false;
}

static int roles_json(const struct request *request, const struct bo_role_list *roles)
{
        static const struct column columns[] = {{"name", "", CELL_TEXT},
                                                {"description", "", CELL_TEXT},
                                                {"permissions", "", CELL_LIST},
                                                {"second_factor", "", CELL_BOOL},
                                                {"secondary", "", CELL_BOOL}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "roles", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, true, false);
        for (size_t i = 0; i < roles->n_items; i++) {
                const struct bo_role *role = &roles->items[i];

                table_row(table);
                table_text(table, 0, role->name);
                table_text(table, 1, role->description);
                table_list(table, 2, role->permissions, role->n_permissions);
                table_bool(table, 3, role->second_factor);
                table_bool(table, 4, role->secondary);
        }
        return table_end(table);
}

static int permissions_json(const struct request *request,
                            const struct bo_permission_list *permissions)
{
        static const struct column columns[] = {{"name", "", CELL_TEXT},
                                                {"description", "", CELL_TEXT},
                                                {"second_factor", "", CELL_BOOL},
                                                {"approved_address", "", CELL_BOOL}};
        _cleanup_(table_freep) struct table *table =
                table_new(request, "permissions", columns, ELEMENTS(columns));

        if (!table)
                return fail("Out of memory.");
        table_part(table, false, true);
        for (size_t i = 0; i < permissions->n_items; i++) {
                const struct bo_permission *permission = &permissions->items[i];

                table_row(table);
                table_text(table, 0, permission->name);
                table_text(table, 1, permission->description);
                table_bool(table, 2, permission->second_factor);
                table_bool(table, 3, permission->approved_address);
        }
        return table_end(table);
}

static int page_write(const struct request *request, const struct matrix *matrix)
{
        const char *file = request->value[OPTION_HTML];
        int r = matrix_write_html(matrix, file);

        if (r < 0)
                return fail_write(file, r);
        tell(request, "%s shows the matrix.", file);
        return EXIT_DONE;
}

int verb_roles(struct request *request)
{
        _cleanup_(bo_role_list_freep) struct bo_role_list *roles = NULL;
        _cleanup_(bo_permission_list_freep) struct bo_permission_list *permissions = NULL;
        int r = bo_role_list(request->bo, &roles);

        if (r == 0)
                r = bo_permission_list(request->bo, &permissions);
        if (r != 0)
                return fail_call(request, r, "Cannot list the roles");

        const struct matrix matrix = {roles->items, roles->n_items, permissions->items,
                                      permissions->n_items};

        if (request->value[OPTION_HTML])
                return page_write(request, &matrix);
        pager_begin(request);
        if (!request->json)
                return matrix_show(&matrix);
        r = roles_json(request, roles);
        return r == EXIT_DONE ? permissions_json(request, permissions) : r;
}
