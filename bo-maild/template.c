/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a template and checks it: its form, and what stands in braces. */
#include "bo-maild/template.h"

#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define TEMPLATE_MAX (32 * 1024)
#define SUBJECT      "Subject: "

static const char *const known[] = {
        "user",    "name",     "link",     "token",     "expires",  "days",     "minutes", "reason",
        "address", "customer", "approval", "requester", "approved", "rejected", "revoked", "key",
};

/* What a mail of a kind would be useless without. */
static const char *const needed[MAIL_KIND_COUNT][3] = {
        [MAIL_ACTIVATION] = {"link", "token"},
        [MAIL_INVITATION] = {"customer"},
        [MAIL_RESET] = {"link", "token"},
        [MAIL_PASSWORD_EXPIRES] = {"days"},
        [MAIL_PASSWORD_CHANGED] = {"user"},
        [MAIL_LOCKED] = {"minutes"},
        [MAIL_OTP_SET_UP] = {"user"},
        [MAIL_OTP_RESET] = {"reason"},
        [MAIL_EMAIL_CONFIRM] = {"token"},
        [MAIL_EMAIL_CHANGED] = {"address"},
        [MAIL_API_KEY] = {"user"},
        [MAIL_APPROVAL_REQUESTED] = {"address", "token"},
        [MAIL_APPROVAL_DECIDED] = {"address"},
};

struct reader {
        const char *file;
        struct conf_report *report;
        unsigned line;
        bool in_subject;
        bool seen[ELEMENTS(known)];
};

struct template *template_free(struct template *template)
{
        if (template) {
                free(template->subject);
                free(template->body);
        }
        free(template);
        return NULL;
}

static void placeholder_check(struct reader *reader, const char *word)
{
        struct conf_nearest nearest = {.word = word};

        for (size_t i = 0; i < ELEMENTS(known); i++) {
                conf_nearest_offer(&nearest, known[i]);
                if (strcmp(known[i], word) != 0)
                        continue;
                reader->seen[i] = true;
                if (reader->in_subject && (strcmp(word, "link") == 0 || strcmp(word, "token") == 0))
                        conf_complain(reader->report, reader->file, reader->line,
                                      "{%s} is a secret: it belongs into the text, not into the "
                                      "subject",
                                      word);
                return;
        }
        if (nearest.best)
                conf_complain(reader->report, reader->file, reader->line,
                              "{%s} is not known; did you mean {%s}?", word, nearest.best);
        else
                conf_complain(reader->report, reader->file, reader->line,
                              "{%s} is not known; bo-maild(8) lists all placeholders", word);
}

/* One line, whose end is a NUL. */
static void line_check(struct reader *reader, const char *line)
{
        char word[64];

        for (const char *open = line; (open = strpbrk(open, "{}")); open++) {
                size_t length = strcspn(open + 1, "{}");

                if (*open == '}' || open[1 + length] != '}' || length >= sizeof(word)) {
                        conf_complain(reader->report, reader->file, reader->line,
                                      "a brace stands alone; placeholders are written as {user}");
                        return;
                }
                memcpy(word, open + 1, length);
                word[length] = '\0';
                placeholder_check(reader, word);
                open += length + 1;
        }
}

static bool is_utf8(const char *line)
{
        size_t left = strlen(line);

        while (left > 0) {
                uint32_t code = 0;
                int size = text_decode(line, left, &code);

                if (size < 0 || (code < ' ' && code != '\t'))
                        return false;
                line += size;
                left -= (size_t)size;
        }
        return true;
}

static void lines_check(struct reader *reader, char *text)
{
        for (char *line = text; line; reader->line++) {
                char *end = strchr(line, '\n');

                if (end)
                        *end = '\0';
                if (!is_utf8(line))
                        conf_complain(reader->report, reader->file, reader->line,
                                      "this line is no UTF-8, or has a control character in it");
                line_check(reader, line);
                if (end)
                        *end++ = '\n';
                line = end;
        }
}

static void needed_check(const struct reader *reader, enum mail_kind kind)
{
        for (size_t i = 0; i < ELEMENTS(needed[kind]) && needed[kind][i]; i++)
                for (size_t j = 0; j < ELEMENTS(known); j++)
                        if (strcmp(needed[kind][i], known[j]) == 0 && !reader->seen[j])
                                conf_complain(reader->report, reader->file, reader->line - 1,
                                              "{%s} is missing: a mail of this kind is useless "
                                              "without it",
                                              known[j]);
}

/* Takes @text apart: subject, an empty line, body. */
static int take_apart(struct reader *reader, char *text, struct template *template)
{
        char *end = strchr(text, '\n');

        if (strncmp(text, SUBJECT, strlen(SUBJECT)) != 0 || !end || end == text + strlen(SUBJECT)) {
                conf_complain(reader->report, reader->file, 1,
                              "the first line must be \"" SUBJECT "...\"");
                return 0;
        }
        if (end[1] != '\n') {
                conf_complain(reader->report, reader->file, 2,
                              "an empty line must follow the subject");
                return 0;
        }
        *end = '\0';
        reader->line = 1;
        reader->in_subject = true;
        lines_check(reader, text);
        reader->in_subject = false;
        reader->line = 3;
        lines_check(reader, end + 2);
        template->subject = strdup(text + strlen(SUBJECT));
        template->body = strdup(end + 2);
        return template->subject && template->body ? 0 : -ENOMEM;
}

static int file_read(char **ret_text, const char *file, struct conf_report *report)
{
        _cleanup_(closep) int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        _cleanup_(freep) char *text = calloc(1, TEMPLATE_MAX + 1);
        ssize_t n;

        if (!text)
                return -ENOMEM;
        if (fd < 0)
                return -errno;
        n = read(fd, text, TEMPLATE_MAX + 1);
        if (n < 0)
                return -errno;
        if (n > TEMPLATE_MAX || strlen(text) != (size_t)n) {
                conf_complain(report, file, 0, "is longer than %d bytes, or has a zero byte in it",
                              TEMPLATE_MAX);
                return -EINVAL;
        }
        *ret_text = TAKE_PTR(text);
        return 0;
}

int template_read(struct template **ret_template, const char *file, enum mail_kind kind,
                  struct conf_report *report)
{
        _cleanup_(template_freep) struct template *template = calloc(1, sizeof(*template));
        struct reader reader = {.file = file, .report = report};
        _cleanup_(freep) char *text = NULL;
        size_t errors = report->errors;
        int r = template ? file_read(&text, file, report) : -ENOMEM;

        if (r == 0)
                r = take_apart(&reader, text, template);
        if (r < 0)
                return r;
        if (report->errors == errors)
                needed_check(&reader, kind);
        if (report->errors > errors)
                return -EINVAL;
        *ret_template = TAKE_PTR(template);
        return 0;
}
