/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a template in; nothing that is filled in gets beyond its place. */
#include "bo-maild/template.h"

#include "common/text.h"

#include <errno.h>
#include <string.h>

#define VALUE_SIZE 1024

/* Bytes that may hold a link; grown by copying, so that what was there is wiped. */
struct text {
        struct secret *bytes;
        size_t used;
};

static int append(struct text *text, const char *bytes, size_t length)
{
        size_t room = text->bytes ? text->bytes->size : 0;

        if (length == 0)
                return 0;
        if (text->used + length > room) {
                struct secret *grown = secret_new(2 * room + length + 512);

                if (!grown)
                        return -ENOMEM;
                if (text->used > 0)
                        memcpy(grown->bytes, text->bytes->bytes, text->used);
                secret_free(text->bytes);
                text->bytes = grown;
        }
        memcpy(text->bytes->bytes + text->used, bytes, length);
        text->used += length;
        return 0;
}

static const char *value_find(const struct template_fields *fields, const char *word, size_t length)
{
        for (size_t i = 0; i + 1 < fields->n_words; i += 2)
                if (strlen(fields->words[i]) == length &&
                    strncmp(fields->words[i], word, length) == 0)
                        return fields->words[i + 1];
        return "";
}

static const char *value_of(const struct template_fields *fields, const char *word, size_t length)
{
        const char *value = value_find(fields, word, length);

        if (!value[0] && length == 4 && strncmp(word, "name", 4) == 0)
                return value_find(fields, "user", 4);
        return value;
}

/* Is there a value for each placeholder between @from and @to? */
static bool is_whole(const struct template_fields *fields, const char *from, const char *to)
{
        while ((from = memchr(from, '{', (size_t)(to - from)))) {
                size_t length = strcspn(++from, "}");

                if (!value_of(fields, from, length)[0])
                        return false;
                from += length;
        }
        return true;
}

static int append_value(struct text *text, const char *value)
{
        char clean[VALUE_SIZE];
        int r;

        text_clean(clean, sizeof(clean), value, false);
        r = append(text, clean, strlen(clean));
        explicit_bzero(clean, sizeof(clean));
        return r;
}

/* @from up to @to, with @line_end for each '\n'. */
static int fill(struct text *text, const struct template_fields *fields, const char *from,
                const char *to, const char *line_end)
{
        int r = 0;

        while (r == 0 && from < to) {
                size_t length = strcspn(from, "{\n");

                if (length > (size_t)(to - from))
                        length = (size_t)(to - from);
                r = append(text, from, length);
                from += length;
                if (r != 0 || from == to)
                        break;
                if (*from == '{') {
                        length = strcspn(from + 1, "}");
                        r = append_value(text, value_of(fields, from + 1, length));
                        from += length + 2;
                } else {
                        r = append(text, line_end, strlen(line_end));
                        from++;
                }
        }
        return r;
}

/* Up to and with the empty lines that follow. */
static const char *paragraph_end(const char *from)
{
        const char *end = strstr(from, "\n\n");

        return end ? end + strspn(end, "\n") : from + strlen(from);
}

struct secret *template_body(const struct template *template, const struct template_fields *fields)
{
        struct text text = {0};
        struct secret *body = NULL;
        int r = 0;

        for (const char *from = template->body, *to; r == 0 && *from; from = to) {
                to = paragraph_end(from);
                if (is_whole(fields, from, to))
                        r = fill(&text, fields, from, to, "\r\n");
        }
        if (r == 0)
                body = secret_copy(text.used > 0 ? text.bytes->bytes : "", text.used);
        secret_free(text.bytes);
        return body;
}

char *template_subject(const struct template *template, const struct template_fields *fields)
{
        const char *from = template->subject;
        struct text text = {0};
        char *subject = NULL;

        if (fill(&text, fields, from, from + strlen(from), " ") == 0)
                subject = strndup(text.used > 0 ? text.bytes->bytes : "", text.used);
        secret_free(text.bytes);
        return subject;
}
