/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CSV (RFC 4180), with a line of names first, safe to be opened in a spreadsheet. */
#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "boctl/rows.h"
#include "common/cleanup.h"
#include "common/text.h"

/*
 * What begins so is a formula to a spreadsheet. It is written with a "'" before it, and so is what
 * begins with one: whoever reads it takes one away, and has what was there.
 */
static bool is_guarded(char first)
{
        return first && strchr("=+-@\t\r'", first);
}

void csv_cell(FILE *stream, const char *cell)
{
        size_t length = strlen(cell);
        bool quoted = strpbrk(cell, ",;\"\r\n\t") ||
                      (length > 0 && (cell[0] == ' ' || cell[length - 1] == ' '));

        if (quoted)
                (void)fputc('"', stream); /* errors stay with the stream */
        if (is_guarded(cell[0]))
                (void)fputc('\'', stream);
        for (; *cell; cell++) {
                if (*cell == '"')
                        (void)fputc('"', stream);
                (void)fputc(*cell, stream);
        }
        if (quoted)
                (void)fputc('"', stream);
}

static void row_write(struct row_writer *writer, const char *const *cells)
{
        for (size_t i = 0; i < writer->n_fields; i++) {
                if (i > 0)
                        (void)fputc(',', writer->stream); /* as above */
                csv_cell(writer->stream, cells[i]);
        }
        (void)fputs("\r\n", writer->stream);
}

static void end(struct row_writer *writer)
{
        (void)writer; /* nothing stands behind the last row */
}

void csv_writer(struct row_writer *writer)
{
        writer->row = row_write;
        writer->end = end;
        row_write(writer, writer->fields);
}

struct csv {
        struct csv_parser parser;
        char *text; /* of one line */
        size_t size;
        uint64_t line;
        size_t row_bytes;
        bool begun, done, header, no_memory, too_many;
};

static void on_cell(void *bytes, size_t length, void *userdata)
{
        struct row_reader *reader = userdata;
        struct csv *csv = reader->own;
        char *text = bytes;

        if (length > 1 && text[0] == '\'' && is_guarded(text[1])) {
                text++;
                length--;
        }
        if (reader->n_cells == ROW_CELLS_MOST) {
                csv->too_many = true;
                return;
        }
        text = text ? strndup(text, length) : strdup("");
        if (text)
                reader->cells[reader->n_cells++] = text;
        else
                csv->no_memory = true;
}

static void on_row(int mark, void *userdata)
{
        struct row_reader *reader = userdata;
        struct csv *csv = reader->own;

        (void)mark; /* which character ended it */
        csv->done = true;
}

static enum row_found broken(struct row_reader *reader, const char *why)
{
        snprintf(reader->problem, sizeof(reader->problem), "%s", why);
        return ROW_BROKEN;
}

/* One line, or what is left: true if a row may be complete. */
static enum row_found feed(struct row_reader *reader)
{
        struct csv *csv = reader->own;
        ssize_t length = getline(&csv->text, &csv->size, reader->stream);
        const char *text = csv->text;

        if (length < 0) {
                if (ferror(reader->stream))
                        return broken(reader, strerror(errno));
                if (csv_fini(&csv->parser, on_cell, on_row, reader) != 0)
                        return broken(reader, "a quoted text has no end.");
                return csv->done ? ROW_GOOD : ROW_END;
        }
        csv->line++;
        if (csv->line == 1 && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
                text += 3; /* a byte order mark of UTF-8 */
                length -= 3;
        }
        if (csv->line == 1 && !memchr(text, ',', (size_t)length) &&
            memchr(text, ';', (size_t)length))
                csv_set_delim(&csv->parser, ';'); /* as spreadsheets do where ',' is in numbers */
        if (!csv->begun)
                reader->line = csv->line;
        if (memchr(text, '\0', (size_t)length))
                return broken(reader, "there is a zero byte: this is no text.");
        csv->row_bytes += (size_t)length;
        if (csv->row_bytes > ROW_BYTES_MOST)
                return broken(reader, "the row has more than 16 MiB: a quoted text has no end?");
        csv->begun = csv->begun || strspn(text, "\r\n") < (size_t)length;
        if (csv_parse(&csv->parser, text, (size_t)length, on_cell, on_row, reader) !=
            (size_t)length)
                return broken(reader, "a quote stands where none may: see RFC 4180.");
        return ROW_GOOD;
}

/* As a file of Latin-1 is not. The daemon takes nothing else. */
static bool is_text(const struct row_reader *reader)
{
        uint32_t code;

        for (size_t i = 0; i < reader->n_cells; i++) {
                const char *cell = reader->cells[i];
                size_t left = strlen(cell);

                for (int n; left > 0; cell += n, left -= (size_t)n) {
                        n = text_decode(cell, left, &code);
                        if (n <= 0)
                                return false;
                }
        }
        return true;
}

static enum row_found row_read(struct row_reader *reader)
{
        struct csv *csv = reader->own;
        enum row_found found = ROW_GOOD;

        row_cells_free(reader);
        csv->begun = csv->done = csv->too_many = false;
        csv->row_bytes = 0;
        while (found == ROW_GOOD && !csv->done)
                found = feed(reader);
        return csv->no_memory ? broken(reader, "out of memory.") : found;
}

static enum row_found header_read(struct row_reader *reader)
{
        struct csv *csv = reader->own;
        enum row_found found = row_read(reader);

        if (found != ROW_GOOD)
                return found == ROW_END
                               ? broken(reader, "the file is empty; the first line has the "
                                                "names of the fields.")
                               : found;
        if (csv->too_many)
                return broken(reader, "the first line has too many names.");
        if (!is_text(reader))
                return broken(reader, "this is no UTF-8.");
        memcpy(reader->fields, reader->cells, reader->n_cells * sizeof(reader->cells[0]));
        reader->n_fields = reader->n_cells;
        reader->n_cells = 0;
        csv->header = true;
        return ROW_GOOD;
}

static enum row_found next(struct row_reader *reader)
{
        struct csv *csv = reader->own;
        enum row_found found = csv->header ? ROW_GOOD : header_read(reader);

        if (found == ROW_GOOD)
                found = row_read(reader);
        if (found != ROW_GOOD)
                return found;
        if (!is_text(reader)) {
                snprintf(reader->problem, sizeof(reader->problem),
                         "is no UTF-8: save the file as UTF-8.");
                return ROW_BAD;
        }
        if (!csv->too_many && reader->n_cells == reader->n_fields)
                return found;
        snprintf(reader->problem, sizeof(reader->problem),
                 "has %s%zu cells, the first line %zu names.", csv->too_many ? "more than " : "",
                 reader->n_cells, reader->n_fields);
        return ROW_BAD;
}

static void clear(struct row_reader *reader)
{
        struct csv *csv = reader->own;

        csv_free(&csv->parser);
        free(csv->text);
        free(csv);
}

int csv_reader(struct row_reader *reader)
{
        struct csv *csv = calloc(1, sizeof(*csv));

        if (!csv)
                return -ENOMEM;
        if (csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
                free(csv);
                return -ENOMEM;
        }
        reader->own = csv;
        reader->line_word = "line";
        reader->next = next;
        reader->clear = clear;
        return 0;
}
