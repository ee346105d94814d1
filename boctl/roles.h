/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The matrix of roles and permissions, and its forms. */
#pragma once

#include "boctl/table.h"

struct matrix {
        const struct bo_role *roles;
        size_t n_roles;
        const struct bo_permission *permissions;
        size_t n_permissions;
};

bool role_permits(const struct bo_role *role, const char *permission);

/* As text, in at most 80 columns. EXIT_DONE. */
int matrix_show(const struct matrix *matrix);

/* As a page of its own; the file is whole, or is not touched. 0 or a negative errno. */
int matrix_write_html(const struct matrix *matrix, const char *file);
