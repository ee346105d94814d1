/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structured lines for the journal; on standard error as well when that is not the journal itself.
 */
#include "common/log.h"

#include "common/cleanup.h"
#include "common/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#define LOG_TEXT_SIZE   1024
#define LOG_FIELD_SIZE  320
#define LOG_FIELDS_MOST 8

/* The ids that systemd/bo.catalog explains; an event without one is still a line of its own. */
static const struct {
        const char *event;
        const char *id;
} message_ids[] = {
        {"login-succeeded", "ed0d14f1678d4be1a6a7a69f86463275"},
        {"login-failed", "ef32b767ce8c4f27a53a6b95d9d9f383"},
        {"login-locked", "18c7cb3acabd4d18add7e6d779440f07"},
        {"source-throttled", "f1794e98807a4bc08f1f450ca7e5b4fc"},
        {"password-changed", "8c92df6e4c114f2ea9de623bfe00db89"},
        {"user-created", "8dc7e9e192ec4b66a24ccbd239971bf9"},
        {"user-disabled", "412ca2b2e54d49f5a9e4e516c0f142f4"},
        {"user-enabled", "44769a7e7a5649eaa4d8ea16a9ca160d"},
        {"user-upgraded", "44f3e535f8864583a7296fa2c00e2074"},
        {"email-changed", "3b68ba66fdfd48b6b1a18c5e73552482"},
        {"mail-given-up", "b0c7a4f1d2e84c5f9a3e6b7d8c901f25"},
        {"otp-enabled", "2657d5bf534a4624ac2d071710d517f4"},
        {"otp-reset", "7b8f4dd98550476ab104bcf0c88b3241"},
        {"recovery-code-used", "283f70f31b7f4a7997e42a8c19b4a242"},
        {"permission-denied", "86aadd3fd14c48f3abd31c9bc76eb638"},
        {"store-unavailable", "3529dce05c804d64a41d9d4b0086dc97"},
        {"clock-set-back", "86d7c056bfe44164aa7f51fcb3639239"},
        {"snapshot-failed", "ac03098e82a248e9a43ac3fcc2e6b834"},
};

struct log_fields {
        char text[LOG_FIELDS_MOST][LOG_FIELD_SIZE];
        struct iovec parts[LOG_FIELDS_MOST + 1];
        int n;
};

static void fields_add(struct log_fields *fields, const char *key, const char *value)
{
        char clean[LOG_FIELD_SIZE];

        if (!value || !*value || fields->n >= LOG_FIELDS_MOST)
                return;
        text_clean(clean, sizeof(clean), value, false);

        char *text = fields->text[fields->n];
        int length = snprintf(text, LOG_FIELD_SIZE, "%s=%s", key, clean);

        if (length < 0)
                return;
        if (length >= LOG_FIELD_SIZE)
                length = LOG_FIELD_SIZE - 1;
        fields->parts[fields->n++] = (struct iovec){text, (size_t)length};
}

__attribute__((format(printf, 3, 0))) static void log_send(int priority, struct log_fields *fields,
                                                           const char *format, va_list arguments)
{
        char line[LOG_TEXT_SIZE] = "MESSAGE=";
        char number[16];
        size_t head = strlen(line);

        vsnprintf(line + head, sizeof(line) - head, format, arguments);
        snprintf(number, sizeof(number), "%d", priority);
        fields_add(fields, "PRIORITY", number);
        fields->parts[fields->n++] = (struct iovec){line, strlen(line)};
        /* Without a journal (tests, a shell) the line goes to standard error. */
        if (sd_journal_sendv(fields->parts, fields->n) < 0 || !getenv("JOURNAL_STREAM"))
                fprintf(stderr, "%s\n", line + head);
}

void log_line(int priority, const char *format, ...)
{
        struct log_fields fields = {.n = 0};
        va_list arguments;

        va_start(arguments, format);
        log_send(priority, &fields, format, arguments);
        va_end(arguments);
}

void log_event(int priority, const struct log_event *event, const char *format, ...)
{
        struct log_fields fields = {.n = 0};
        va_list arguments;

        for (size_t i = 0; event->event && i < ELEMENTS(message_ids); i++)
                if (strcmp(message_ids[i].event, event->event) == 0)
                        fields_add(&fields, "MESSAGE_ID", message_ids[i].id);
        fields_add(&fields, "BO_EVENT", event->event);
        fields_add(&fields, "BO_USER", event->user);
        fields_add(&fields, "BO_SERVICE", event->service);
        fields_add(&fields, "BO_RHOST", event->rhost);
        fields_add(&fields, "BO_DETAIL", event->detail);
        va_start(arguments, format);
        log_send(priority, &fields, format, arguments);
        va_end(arguments);
}
