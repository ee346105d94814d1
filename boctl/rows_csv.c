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

/* A spreadsheet that parts cells by ';' or tab, as many do where ',' is in numbers, finds no quotes
 * at the begin of ours, and so begins another cell behind each of these. */
static bool is_parting(char byte)
{
        return strchr(";\t\r\n", byte);
}

void csv_cell(FILE *stream, const char *cell)
{
        size_t length = strlen(cell);
        bool quoted = strpbrk(cell, ",;\"\r\n\t") ||
                      (length > 0 && (cell[0] == ' ' || cell[length - 1] == ' '));

        if (quoted)
                (void)fputc('"', stream); /* errors stay with the stream */
        for (char before = ';'; *cell; before = *cell++) {
                if (is_parting(before) && is_guarded(*cell))
                        (void)fputc('\'', stream);
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

#define PIECE_BYTES 65536 /* of a line: a device may have no end of one */

struct csv {
        struct csv_parser parser;
        char text[PIECE_BYTES];
        uint64_t line;
        size_t row_bytes, rows_ended;
        bool begun, header, no_memory, too_many;
        bool in_line; /* the piece before was not the end of its line */
};

/* Takes away what csv_cell() has put there; NULL: no memory. */
static char *unguarded(const char *bytes, size_t length)
{
        char *text = malloc(length + 1), before = ';';
        size_t used = 0;

        for (size_t i = 0; text && i < length; i++) {
                if (is_parting(before) && bytes[i] == '\'' && i + 1 < length &&
                    is_guarded(bytes[i + 1]))
                        i++;
                before = text[used++] = bytes[i];
        }
        if (text)
                text[used] = '\0';
        return text;
}

static void on_cell(void *bytes, size_t length, void *userdata)
{
        struct row_reader *reader = userdata;
        struct csv *csv = reader->own;
        char *text;

        if (reader->n_cells == ROW_CELLS_MOST) {
                csv->too_many = true;
                return;
        }
        text = unguarded(bytes, bytes ? length : 0);
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
        csv->rows_ended++;
}

static enum row_found broken(struct row_reader *reader, const char *why)
{
        snprintf(reader->problem, sizeof(reader->problem), "%s", why);
        return ROW_BROKEN;
}

/* A line, or as much of it as there is room for. */
static size_t piece_read(struct row_reader *reader)
{
        struct csv *csv = reader->own;
        size_t length = 0;
        int byte = 0;

        errno = 0;
        while (length < PIECE_BYTES && byte != '\n' &&
               (byte = getc_unlocked(reader->stream)) != EOF)
                csv->text[length++] = (char)byte;
        if (length > 0 && !csv->in_line)
                csv->line++;
        csv->in_line = length > 0 && byte != '\n';
        return length;
}

static enum row_found end_read(struct row_reader *reader)
{
        struct csv *csv = reader->own;

        if (ferror(reader->stream))
                return broken(reader, strerror(errno > 0 ? errno : EIO));
        if (csv_fini(&csv->parser, on_cell, on_row, reader) != 0)
                return broken(reader, "a quoted text has no end.");
        return csv->rows_ended > 0 ? ROW_GOOD : ROW_END;
}

/* What stands before the names of the fields, or between them. */
static size_t first_line_look(struct csv *csv, size_t length)
{
        size_t skipped = length >= 3 && memcmp(csv->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

        if (!memchr(csv->text, ',', length) && memchr(csv->text, ';', length))
                csv_set_delim(&csv->parser, ';'); /* as spreadsheets do where ',' is in numbers */
        return skipped;                           /* a byte order mark of UTF-8 */
}

/* One line, or what is left: ROW_GOOD if a row may be complete. */
static enum row_found feed(struct row_reader *reader)
{
        struct csv *csv = reader->own;
        bool first = csv->line == 0;
        size_t length = piece_read(reader), skipped;

        if (length == 0)
                return end_read(reader);
        skipped = first ? first_line_look(csv, length) : 0;
        if (!csv->begun)
                reader->line = csv->line;
        if (memchr(csv->text, '\0', length))
                return broken(reader, "there is a zero byte: this is no text in UTF-8.");
        csv->row_bytes += length;
        if (csv->row_bytes > ROW_BYTES_MOST)
                return broken(reader, "the row has more than 16 MiB: a quoted text has no end?");
        for (size_t i = skipped; i < length && !csv->begun; i++)
                csv->begun = csv->text[i] != '\r' && csv->text[i] != '\n';
        if (csv_parse(&csv->parser, csv->text + skipped, length - skipped, on_cell, on_row,
                      reader) != length - skipped)
                return broken(reader, csv_error(&csv->parser) == CSV_ENOMEM
                                              ? "out of memory."
                                              : "a quote stands where none may: see RFC 4180.");
        if (csv->rows_ended > 1)
                return broken(reader, "it ends in CR alone: save the file with line ends of LF or "
                                      "CR LF.");
        return ferror(reader->stream) ? end_read(reader) : ROW_GOOD;
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
        csv->begun = csv->too_many = false;
        csv->row_bytes = csv->rows_ended = 0;
        while (found == ROW_GOOD && csv->rows_ended == 0)
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
        csv_set_blk_size(&csv->parser, PIECE_BYTES); /* its own would be 128 */
        reader->own = csv;
        reader->line_word = "line";
        reader->next = next;
        reader->clear = clear;
        return 0;
}
