/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One mail as it goes out: its header fields, and its text. */
#include "bo-maild/message.h"

#include "bo-maild/header.h"
#include "common/clock.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define HEADERS_MOST 12

struct message *message_free(struct message *message)
{
        if (message) {
                secret_free(message->headers);
                secret_free(message->body);
        }
        free(message);
        return NULL;
}

struct draft {
        char lines[HEADERS_MOST * HEADER_SIZE];
        size_t used;
        int error;
};

static void add(struct draft *draft, int r, const char *header)
{
        size_t length = strlen(header);

        if (draft->error == 0)
                draft->error = r;
        if (draft->error < 0 || draft->used + length + 3 > sizeof(draft->lines))
                return;
        memcpy(draft->lines + draft->used, header, length);
        memcpy(draft->lines + draft->used + length, "\r\n", 3);
        draft->used += length + 2;
}

static void add_text(struct draft *draft, const char *name, const char *text)
{
        char header[HEADER_SIZE];

        add(draft, header_text(header, name, text), header);
}

static void add_mailbox(struct draft *draft, const char *name, const char *display,
                        const char *address)
{
        char header[HEADER_SIZE];

        add(draft, header_mailbox(header, name, display, address), header);
}

/* RFC 5322 3.3, in the words of the C locale. When it was queued: the same at every attempt. */
static void add_date(struct draft *draft, uint64_t queued_usec)
{
        time_t seconds = (time_t)(queued_usec / USEC_PER_SEC);
        char text[64] = "";
        struct tm utc;

        if (gmtime_r(&seconds, &utc))
                strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &utc);
        add_text(draft, "Date", text);
}

static void add_message_id(struct draft *draft, const struct bo_mail *mail,
                           const struct maild_settings *settings)
{
        const char *at = strchr(settings->from, '@');
        char text[HEADER_SIZE];

        snprintf(text, sizeof(text), "Message-ID: <%.64s%s>", mail->message_id,
                 at ? at : "@localhost");
        add(draft,
            address_check(mail->message_id) == 0 || strpbrk(mail->message_id, "<>@\r\n ") ? -EINVAL
                                                                                          : 0,
            text);
}

static const char *field(const struct bo_mail *mail, const char *name)
{
        for (size_t i = 0; i + 1 < mail->n_fields; i += 2)
                if (strcmp(mail->fields[i], name) == 0)
                        return mail->fields[i + 1];
        return NULL;
}

static int headers_make(struct message *message, const struct bo_mail *mail, const char *subject,
                        const char *language, const struct maild_settings *settings)
{
        struct draft *draft = calloc(1, sizeof(*draft));
        int r;

        if (!draft)
                return -ENOMEM;
        add_date(draft, mail->queued_usec);
        add_mailbox(draft, "From", settings->from_name, settings->from);
        add_mailbox(draft, "To", field(mail, "name"), mail->recipient);
        if (settings->reply_to[0])
                add_mailbox(draft, "Reply-To", NULL, settings->reply_to);
        add_text(draft, "Subject", subject);
        add_message_id(draft, mail, settings);
        add_text(draft, "Auto-Submitted", "auto-generated"); /* RFC 3834: no vacation answers */
        add_text(draft, "Content-Language", language);
        r = draft->error;
        if (r == 0)
                message->headers = secret_copy(draft->lines, draft->used);
        free(draft);
        return r == 0 && !message->headers ? -ENOMEM : r;
}

/* The first complaint, for the operator. */
struct complaint {
        char *text;
        size_t size;
};

static void keep_first(void *userdata, const char *text)
{
        struct complaint *complaint = userdata;

        if (!complaint->text[0])
                snprintf(complaint->text, complaint->size, "%s", text);
}

static int template_for(struct template **ret_template, const struct bo_mail *mail,
                        const struct maild_settings *settings, const struct template_places *places,
                        const char **ret_language, struct complaint *complaint)
{
        struct conf_report report = {.message = keep_first, .userdata = complaint};
        enum mail_kind kind = MAIL_KIND_COUNT;
        int r = mail_kind_find(mail->kind, &kind);

        if (r == 0)
                r = template_find(ret_template, places, kind, settings->language, ret_language,
                                  &report);
        if (r < 0 && !complaint->text[0])
                snprintf(complaint->text, complaint->size,
                         "There is no template for mails of the kind %s.", mail->kind);
        return r == -ENOMEM ? r : r < 0 ? -EINVAL : 0;
}

int message_make(struct message **ret_message, const struct bo_mail *mail,
                 const struct maild_settings *settings, const struct template_places *places,
                 char *problem, size_t size)
{
        const struct template_fields fields = {mail->fields, mail->n_fields};
        _cleanup_(message_freep) struct message *message = calloc(1, sizeof(*message));
        _cleanup_(template_freep) struct template *template = NULL;
        _cleanup_(freep) char *subject = NULL;
        struct complaint complaint = {problem, size};
        const char *language = NULL;
        int r;

        problem[0] = '\0';
        if (!message)
                return -ENOMEM;
        r = template_for(&template, mail, settings, places, &language, &complaint);
        if (r < 0)
                return r;
        snprintf(message->recipient, sizeof(message->recipient), "%s", mail->recipient);
        subject = template_subject(template, &fields);
        message->body = template_body(template, &fields);
        if (!subject || !message->body)
                return -ENOMEM;
        r = headers_make(message, mail, subject, language, settings);
        if (r < 0) {
                snprintf(problem, size, "The header of the mail cannot be made: %s.", strerror(-r));
                return r == -ENOMEM ? r : -EINVAL;
        }
        *ret_message = TAKE_PTR(message);
        return 0;
}
