/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads INI files (inih) line by line, and complains with file and line. */
#include "common/conf.h"

#include "common/cleanup.h"
#include "common/text.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define SPACE " \t\r\n\v\f"

/* What passes through inih's callbacks; it knows neither line numbers nor headings. */
struct conf_reader {
        FILE *stream;
        struct conf_line line;
        char section[CONF_LINE_MAX];
        void (*take)(void *userdata, const struct conf_line *line);
        void *userdata;
        struct conf_report *report;
};

void conf_complain(struct conf_report *report, const char *file, unsigned number,
                   const char *format, ...)
{
        char text[1024], message[1024 + 512], clean[sizeof(message)];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);

        if (number > 0)
                snprintf(message, sizeof(message), "%.400s:%u: %s", file, number, text);
        else
                snprintf(message, sizeof(message), "%.400s: %s", file, text);
        text_clean(clean, sizeof(clean), message, false);
        report->errors++;
        if (report->message)
                report->message(report->userdata, clean);
}

/* One line without its end; false at the end of the file. A line too long, or with a zero byte, in
 * which C's strings end, is complained about and read as empty. */
static bool line_read(struct conf_reader *reader, char *text, size_t size)
{
        size_t length = 0;
        bool whole = true;
        int byte = getc(reader->stream);

        if (byte == EOF)
                return false;
        reader->line.number++;
        for (; byte != EOF && byte != '\n'; byte = getc(reader->stream)) {
                whole = whole && byte != '\0' && length + 1 < size;
                if (whole)
                        text[length++] = (char)byte;
        }
        if (!whole)
                conf_complain(reader->report, reader->line.file, reader->line.number,
                              "the line is longer than %zu bytes or has a zero byte; shorten it",
                              size - 1);
        text[whole ? length : 0] = '\0';
        return true;
}

/* A heading has nothing before and nothing behind it. */
static void heading_take(struct conf_reader *reader, const char *text)
{
        size_t length = strcspn(++text, "]");

        if (text[length] != ']' || text[length + 1 + strspn(text + length + 1, SPACE)] != '\0') {
                conf_complain(reader->report, reader->line.file, reader->line.number,
                              "a heading must be one name in brackets, as [Accounts]");
                return;
        }
        memcpy(reader->section, text, length);
        reader->section[length] = '\0';
        reader->line.key = NULL;
        reader->line.value = NULL;
        reader->take(reader->userdata, &reader->line);
}

/* inih's fgets(): called for each line before it is taken apart. */
static char *on_line(char *text, int size, void *stream)
{
        static const char byte_order_mark[] = "\xef\xbb\xbf";
        struct conf_reader *reader = stream;

        if (!line_read(reader, text, (size_t)size))
                return NULL;
        if (reader->line.number == 1 && strncmp(text, byte_order_mark, 3) == 0)
                memmove(text, text + 3, strlen(text + 3) + 1);

        size_t indent = strspn(text, SPACE);

        if (text[indent] == '[') {
                heading_take(reader, text + indent);
                text[0] = '\0'; /* done: inih would cut a long name off */
        }
        return text;
}

static int on_assignment(void *user, const char *section, const char *key, const char *value)
{
        struct conf_reader *reader = user;

        (void)section; /* cut off by inih; ours is whole */
        reader->line.key = key;
        reader->line.value = value;
        if (value && key[0] != '\0')
                reader->take(reader->userdata, &reader->line);
        else
                conf_complain(reader->report, reader->line.file, reader->line.number,
                              "this is no assignment; write KEY=VALUE, or # before a comment");
        return 1;
}

/* inih is configured by globals; nothing else here uses it, and the values never change. */
static void inih_configure(void)
{
        ini_allow_multiline = false; /* an indented line is a line */
        ini_allow_inline_comments = false;
        ini_allow_no_value = true; /* to complain about each, not only the first */
        ini_use_stack = false;
        ini_allow_realloc = false;
        ini_max_line = CONF_LINE_MAX;
        ini_initial_alloc = CONF_LINE_MAX;
}

static int stream_read(FILE *stream, const char *file,
                       void (*take)(void *userdata, const struct conf_line *line), void *userdata,
                       struct conf_report *report)
{
        _cleanup_(freep) struct conf_reader *reader = calloc(1, sizeof(*reader));

        if (!reader)
                return -ENOMEM;
        reader->stream = stream;
        reader->line.file = file;
        reader->line.section = reader->section;
        reader->take = take;
        reader->userdata = userdata;
        reader->report = report;

        inih_configure();
        errno = 0;
        if (ini_parse_stream(on_line, reader, on_assignment, reader) < 0)
                return -ENOMEM;
        return ferror(stream) ? (errno > 0 ? -errno : -EIO) : 0;
}

int conf_read(const char *file, void (*take)(void *userdata, const struct conf_line *line),
              void *userdata, struct conf_report *report)
{
        _cleanup_(fclosep) FILE *stream = fopen(file, "re");
        struct stat facts;

        if (!stream || fstat(fileno(stream), &facts) < 0)
                return -errno;
        if (facts.st_mode & S_IWOTH && S_ISREG(facts.st_mode)) {
                conf_complain(report, file, 0, "everybody may write to this file; chmod o-w it");
                return 0;
        }
        return stream_read(stream, file, take, userdata, report);
}
