/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both kinds of files of rows share. */
#include "boctl/rows.h"

#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

enum row_type row_type_of(const char *field)
{
        static const struct {
                const char *field;
                enum row_type type;
        } types[] = {
                {"uid", ROW_NUMBER},
                {"generated", ROW_BOOL},
                {"disabled", ROW_BOOL},
                {"memberships", ROW_LIST},
                {"former_names", ROW_LIST},
                {"terminals", ROW_LIST},
                {"separately_billed", ROW_BOOL},
        };

        for (size_t i = 0; i < ELEMENTS(types); i++)
                if (strcmp(types[i].field, field) == 0)
                        return types[i].type;
        return ROW_TEXT;
}

void row_cells_free(struct row_reader *reader)
{
        for (size_t i = 0; i < reader->n_cells; i++)
                free(reader->cells[i]);
        reader->n_cells = 0;
}

void row_fields_free(struct row_reader *reader)
{
        for (size_t i = 0; i < reader->n_fields; i++)
                free(reader->fields[i]);
        reader->n_fields = 0;
}
