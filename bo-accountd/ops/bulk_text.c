/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The texts of rows that are exported and imported: written, read, compared. */
#include "bo-accountd/ops/bulk_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES (1 << 20)

void bulk_cell(FILE *stream, const char *text)
{
        /* Of memory: what fails shows when it is flushed. */
        (void)fwrite(text, 1, strlen(text) + 1, stream);
}

bool bulk_page_is_full(const struct bulk_export *call)
{
        return ftell(call->stream) >= PAGE_BYTES;
}

int bulk_cells_begin(struct bulk_cells *cells)
{
        cells->stream = open_memstream(&cells->bytes, &cells->size);
        return cells->stream ? 0 : -ENOMEM;
}

int bulk_cells_end(struct bulk_cells *cells)
{
        FILE *stream = TAKE_PTR(cells->stream);

        return fclose(stream) == 0 ? 0 : -ENOMEM;
}

void bulk_cells_clear(struct bulk_cells *cells)
{
        if (cells->stream)
                (void)fclose(cells->stream); /* thrown away */
        free(cells->bytes);
}

int bulk_compare(struct op *op, struct bulk_row *row, const struct bulk_cells *there,
                 const struct bulk_cells *wanted)
{
        const struct bulk_kind *kind = row->import->kind;
        const char *is = there->bytes, *wants = wanted->bytes;

        for (size_t i = 0; i < kind->n_fields; i++) {
                if (row->text[i] && strcmp(is, wants) != 0) {
                        row->field = kind->fields[i];
                        return op_refuse(op, BO_ERR_BAD_VALUE,
                                         "here it is \"%.80s\", in the row \"%.80s\"; nothing that "
                                         "is there is overwritten.",
                                         is, wants);
                }
                is += strlen(is) + 1;
                wants += strlen(wants) + 1;
        }
        row->there = true;
        return 0;
}

const char *bulk_text(struct bulk_row *row, size_t index)
{
        row->field = row->import->kind->fields[index];
        return row->text[index] ? row->text[index] : "";
}

int bulk_bool(struct op *op, struct bulk_row *row, size_t index, bool *ret)
{
        const char *text = bulk_text(row, index);

        *ret = strcmp(text, "yes") == 0;
        return *ret || !text[0] || strcmp(text, "no") == 0
                       ? 0
                       : op_refuse(op, BO_ERR_BAD_VALUE, "\"yes\" or \"no\", not \"%.32s\".", text);
}

int bulk_words(char *text, char ***ret_words, size_t *ret_n)
{
        char *state = NULL, **words;
        size_t n = 0;

        for (const char *at = text; *at; at++)
                n += *at == ' ';
        words = calloc(n + 1, sizeof(*words));
        if (!words)
                return -ENOMEM;
        n = 0;
        for (char *word = strtok_r(text, " ", &state); word; word = strtok_r(NULL, " ", &state))
                words[n++] = word;
        *ret_words = words;
        *ret_n = n;
        return 0;
}
