/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The matrix of roles and permissions for a terminal of 80 columns: numbers stand for the roles. */
#include "boctl/roles.h"

#include <string.h>

#define WIDTH      80
#define CELL_WIDTH 3
#define MARK_WIDTH 4 /* " FA " */
#define NAME_LEAST 10

/* Of the longest name; a longer one takes a line of its own. */
static int name_width(const struct matrix *matrix)
{
        size_t width = NAME_LEAST;

        for (size_t i = 0; i < matrix->n_permissions; i++) {
                size_t length = strlen(matrix->permissions[i].name);

                if (length > width && length <= WIDTH / 2)
                        width = length;
        }
        return (int)width;
}

static void name_put(const char *name, int width)
{
        printf("%-*s", width, name);
        if (strlen(name) > (size_t)width)
                printf("\n%-*s", width, "");
}

static void headings_put(size_t first, size_t end, int width)
{
        printf("%-*s%-*s", width, "PERMISSION", MARK_WIDTH, "");
        for (size_t i = first; i < end; i++)
                printf("%*zu", CELL_WIDTH, i + 1);
        putchar('\n');
}

static void permission_put(const struct matrix *matrix, const struct bo_permission *permission,
                           size_t first, size_t end, int width)
{
        name_put(permission->name, width);
        printf(" %c%c ", permission->second_factor ? 'F' : ' ',
               permission->approved_address ? 'A' : ' ');
        for (size_t i = first; i < end; i++)
                printf("%*s", CELL_WIDTH,
                       role_permits(&matrix->roles[i], permission->name) ? "x" : ".");
        putchar('\n');
}

/* What roles are marked with stands below what they permit. */
static void marks_put(const struct matrix *matrix, size_t first, size_t end, int width)
{
        printf("%-*s%-*s", width, "(second factor)", MARK_WIDTH, "");
        for (size_t i = first; i < end; i++)
                printf("%*s", CELL_WIDTH, matrix->roles[i].second_factor ? "x" : ".");
        printf("\n%-*s%-*s", width, "(secondary user)", MARK_WIDTH, "");
        for (size_t i = first; i < end; i++)
                printf("%*s", CELL_WIDTH, matrix->roles[i].secondary ? "x" : ".");
        putchar('\n');
}

static void roles_explain(const struct matrix *matrix)
{
        for (size_t i = 0; i < matrix->n_roles; i++)
                printf("%*zu  %s\n%*s%s\n", CELL_WIDTH, i + 1, matrix->roles[i].name,
                       CELL_WIDTH + 4, "", matrix->roles[i].description);
}

/* More roles than have room beside each other stand in blocks below each other. */
int matrix_show(const struct matrix *matrix)
{
        int width = name_width(matrix);
        size_t room = (size_t)(WIDTH - width - MARK_WIDTH) / CELL_WIDTH;

        for (size_t first = 0; first < matrix->n_roles; first += room) {
                size_t end = first + room < matrix->n_roles ? first + room : matrix->n_roles;

                headings_put(first, end, width);
                for (size_t i = 0; i < matrix->n_permissions; i++)
                        permission_put(matrix, &matrix->permissions[i], first, end, width);
                marks_put(matrix, first, end, width);
                putchar('\n');
        }
        roles_explain(matrix);
        puts("\n F  works only with the second factor on\n A  works only from an approved address\n"
             "(second factor)   who holds the role must have it\n"
             "(secondary user)  who holds the role is one, never gets account.* or users.*");
        return EXIT_DONE;
}
