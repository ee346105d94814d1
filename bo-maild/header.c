/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Header fields of a mail: encoded (RFC 2047), folded (RFC 5322), and never more than one. */
#include "bo-maild/header.h"

#include "common/text.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINE_MOST 76 /* RFC 2047 2; RFC 5322 2.1.1 would allow 78 */
#define WORD_MOST 60 /* longer ones could not be folded well */
#define ENCODED_MOST                                                                               \
        30 /* bytes in an encoded word: with the name of the header below LINE_MOST                \
            */
#define ADDRESS_MOST 254

/* What is being written, and where on the line. */
struct writer {
        char *out;
        size_t used, column;
        bool full;
};

static void put(struct writer *writer, const char *text, size_t length)
{
        if (writer->full || writer->used + length >= HEADER_SIZE) {
                writer->full = true;
                return;
        }
        memcpy(writer->out + writer->used, text, length);
        writer->used += length;
        writer->column += length;
        writer->out[writer->used] = '\0';
}

/* A blank, or where the line would get too long a fold. */
static void put_gap(struct writer *writer, size_t next)
{
        if (writer->column + 1 + next > LINE_MOST) {
                put(writer, "\r\n", 2);
                writer->column = 0;
        }
        put(writer, " ", 1);
}

static void put_name(struct writer *writer, const char *name)
{
        put(writer, name, strlen(name));
        put(writer, ":", 1);
}

/* ASCII in words that can be folded, and nothing that a reader would take for an encoded word. */
static bool is_plain(const char *text)
{
        size_t word = 0;

        for (const char *c = text; *c; c++) {
                word = *c == ' ' ? 0 : word + 1;
                if ((unsigned char)*c >= 0x7f || word > WORD_MOST)
                        return false;
        }
        return !strstr(text, "=?");
}

static void put_plain(struct writer *writer, const char *text)
{
        while (*(text += strspn(text, " "))) {
                size_t length = strcspn(text, " ");

                put_gap(writer, length);
                put(writer, text, length);
                text += length;
        }
}

/* How much of @text goes into one encoded word: whole characters. */
static size_t chunk(const char *text)
{
        size_t length = 0, left = strlen(text);

        while (left > length) {
                uint32_t code = 0;
                int size = text_decode(text + length, left - length, &code);

                if (size < 0 || length + (size_t)size > ENCODED_MOST)
                        break;
                length += (size_t)size;
        }
        return length;
}

static void put_encoded(struct writer *writer, const char *text)
{
        char base64[sodium_base64_ENCODED_LEN(ENCODED_MOST, sodium_base64_VARIANT_ORIGINAL)];
        char word[sizeof(base64) + 16];

        for (size_t length; (length = chunk(text)) > 0; text += length) {
                sodium_bin2base64(base64, sizeof(base64), (const unsigned char *)text, length,
                                  sodium_base64_VARIANT_ORIGINAL);
                snprintf(word, sizeof(word), "=?UTF-8?B?%s?=", base64);
                put_gap(writer, strlen(word));
                put(writer, word, strlen(word));
        }
}

int header_text(char out[HEADER_SIZE], const char *name, const char *text)
{
        struct writer writer = {.out = out};
        char clean[HEADER_SIZE];

        text_clean(clean, sizeof(clean), text, false);
        put_name(&writer, name);
        if (is_plain(clean))
                put_plain(&writer, clean);
        else
                put_encoded(&writer, clean);
        return writer.full ? -EMSGSIZE : 0;
}

int address_check(const char *address)
{
        const char *at = strchr(address, '@');

        if (!at || at == address || !at[1] || strlen(address) > ADDRESS_MOST)
                return -EINVAL;
        for (const char *c = address; *c; c++)
                if (*c <= ' ' || *c > '~' || strchr("<>()[]\\,;:\"", *c))
                        return -EINVAL;
        return 0;
}

int header_mailbox(char out[HEADER_SIZE], const char *name, const char *display,
                   const char *address)
{
        struct writer writer = {.out = out};
        char clean[HEADER_SIZE], bare[ADDRESS_MOST + 3];

        if (address_check(address) < 0)
                return -EINVAL;
        text_clean(clean, sizeof(clean), display ? display : "", false);
        put_name(&writer, name);
        /* Encoded without a look at it: a comma or a quote in a name would need care. */
        put_encoded(&writer, clean);
        snprintf(bare, sizeof(bare), clean[0] ? "<%s>" : "%s", address);
        put_gap(&writer, strlen(bare));
        put(&writer, bare, strlen(bare));
        return writer.full ? -EMSGSIZE : 0;
}
