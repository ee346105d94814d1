/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: one array of objects, of which one at a time is in memory. */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "boctl/rows.h"
#include "common/cleanup.h"

/* An object of the file, and how much of it may still be read. */
struct source {
        FILE *stream;
        size_t left;
};

static void json_drop(json_t **value)
{
        json_decref(*value);
}

static json_t *list_of(const char *text)
{
        _cleanup_(freep) char *copy = strdup(text);
        json_t *list = json_array();
        char *state = NULL;

        for (char *word = copy ? strtok_r(copy, " ", &state) : NULL; word;
             word = strtok_r(NULL, " ", &state))
                if (json_array_append_new(list, json_string(word)) < 0) {
                        json_decref(list);
                        return NULL;
                }
        if (copy)
                return list;
        json_decref(list);
        return NULL;
}

static json_t *value_of(const char *field, const char *text)
{
        switch (row_type_of(field)) {
        case ROW_TEXT:
                return json_string(text);
        case ROW_NUMBER:
                return *text ? json_integer(strtoll(text, NULL, 10)) : json_null();
        case ROW_BOOL:
                return json_boolean(strcmp(text, "yes") == 0);
        case ROW_LIST:
                return list_of(text);
        }
        return NULL;
}

static void row_write(struct row_writer *writer, const char *const *cells)
{
        _cleanup_(json_drop) json_t *row = json_object();

        for (size_t i = 0; i < writer->n_fields; i++)
                (void)json_object_set_new(row, writer->fields[i],
                                          value_of(writer->fields[i], cells[i])); /* as below */
        (void)fputs(writer->n_rows++ ? ",\n" : "[\n", writer->stream); /* errors stay with it */
        if (json_object_size(row) != writer->n_fields ||
            (json_dumpf(row, writer->stream, 0) < 0 && !ferror(writer->stream)))
                writer->failed = true;
}

static void end(struct row_writer *writer)
{
        (void)fputs(writer->n_rows ? "\n]\n" : "[]\n", writer->stream); /* as above */
}

void json_writer(struct row_writer *writer)
{
        writer->row = row_write;
        writer->end = end;
}

static enum row_found problem(struct row_reader *reader, enum row_found found, const char *why)
{
        snprintf(reader->problem, sizeof(reader->problem), "%s", why);
        return found;
}

static int skip_space(FILE *stream)
{
        int byte;

        do
                byte = fgetc(stream);
        while (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r');
        return byte;
}

/* As some editors put it: RFC 8259 lets a reader pass over it. */
static int skip_byte_order_mark(FILE *stream)
{
        int byte = skip_space(stream);

        return byte == 0xef && fgetc(stream) == 0xbb && fgetc(stream) == 0xbf ? skip_space(stream)
                                                                              : byte;
}

/* The bracket or comma before an object: ROW_GOOD if one follows. */
static enum row_found step(struct row_reader *reader)
{
        int byte = reader->line == 0 ? skip_byte_order_mark(reader->stream)
                                     : skip_space(reader->stream);

        if (ferror(reader->stream))
                return problem(reader, ROW_BROKEN, strerror(errno));
        if (reader->line == 0) {
                if (byte != '[')
                        return problem(reader, ROW_BROKEN,
                                       "the file is no JSON array of objects, which begins with "
                                       "'['.");
                byte = skip_space(reader->stream);
                if (byte != ']')
                        (void)ungetc(byte, reader->stream); /* one byte always can be */
        } else if (byte != ',' && byte != ']') {
                return problem(reader, ROW_BROKEN,
                               byte == EOF ? "the file ends behind it, without a ']'."
                                           : "behind it stands neither ',' nor ']'.");
        }
        if (byte != ']')
                return ROW_GOOD;
        return skip_space(reader->stream) == EOF
                       ? ROW_END
                       : problem(reader, ROW_BROKEN, "there is something behind the last ']'.");
}

static char *joined(const json_t *list)
{
        char *text = NULL;
        size_t size, i;
        json_t *item;
        FILE *stream = open_memstream(&text, &size);

        if (!stream)
                return NULL;
        json_array_foreach(list, i, item)
        {
                const char *word = json_string_value(item);

                if (!word || !*word || strchr(word, ' ')) {
                        (void)fclose(stream); /* thrown away */
                        free(text);
                        return NULL;
                }
                (void)fprintf(stream, "%s%s", i ? " " : "", word); /* of memory; told below */
        }
        if (fclose(stream) == 0)
                return text;
        free(text);
        return NULL;
}

static char *text_of(const json_t *value)
{
        char *text = NULL;

        switch (json_typeof(value)) {
        case JSON_STRING:
                return strdup(json_string_value(value));
        case JSON_INTEGER:
                if (asprintf(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(value)) < 0)
                        text = NULL;
                return text;
        case JSON_TRUE:
                return strdup("yes");
        case JSON_FALSE:
                return strdup("no");
        case JSON_NULL:
                return strdup("");
        case JSON_ARRAY:
                return joined(value);
        case JSON_OBJECT:
        case JSON_REAL:
                return NULL;
        }
        return NULL;
}

static enum row_found take(struct row_reader *reader, json_t *object)
{
        const char *key;
        json_t *value;

        if (!json_is_object(object))
                return problem(reader, ROW_BAD, "is no object.");
        if (json_object_size(object) == 0)
                return problem(reader, ROW_BAD, "has no fields.");
        if (json_object_size(object) > ROW_CELLS_MOST)
                return problem(reader, ROW_BAD, "has too many fields.");
        json_object_foreach(object, key, value)
        {
                char *field = strdup(key), *text = text_of(value);

                if (!field || !text) {
                        snprintf(reader->problem, sizeof(reader->problem),
                                 "%.64s: a text, a whole number, true, false, null, or a list of "
                                 "texts without spaces.",
                                 key);
                        free(field);
                        free(text);
                        return ROW_BAD;
                }
                reader->fields[reader->n_fields++] = field;
                reader->cells[reader->n_cells++] = text;
        }
        return ROW_GOOD;
}

/* One byte at a time: what stands behind the object is for whoever comes next. */
static size_t byte_take(void *buffer, size_t size, void *userdata)
{
        struct source *source = userdata;
        int byte = size > 0 && source->left > 0 ? getc_unlocked(source->stream) : EOF;

        if (byte == EOF)
                return 0;
        source->left--;
        *(unsigned char *)buffer = (unsigned char)byte;
        return 1;
}

static enum row_found next(struct row_reader *reader)
{
        struct source source = {reader->stream, ROW_BYTES_MOST};
        _cleanup_(json_drop) json_t *object = NULL;
        enum row_found found = step(reader);
        json_error_t error;

        row_cells_free(reader);
        row_fields_free(reader);
        if (found != ROW_GOOD)
                return found;
        reader->line++;
        object = json_load_callback(byte_take, &source,
                                    JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
        if (!object && source.left == 0)
                return problem(reader, ROW_BROKEN, "has more than 16 MiB: a text has no end?");
        return object ? take(reader, object) : problem(reader, ROW_BROKEN, error.text);
}

static void clear(struct row_reader *reader)
{
        (void)reader; /* nothing of its own */
}

int json_reader(struct row_reader *reader)
{
        reader->line_word = "row";
        reader->next = next;
        reader->clear = clear;
        return 0;
}
