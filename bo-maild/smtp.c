/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Delivery to the mail server, with libcurl. */
#include "bo-maild/smtp.h"

#include "common/clock.h"
#include "common/text.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#define REPLY_SIZE 160
/* "550 5.7.1": what may be shown of an answer that could repeat what the mail says. */
#define CODE_CHARACTERS "0123456789. -"

struct smtp {
        CURL *curl;
        bool (*give_up)(void *userdata);
        void *userdata;
        enum smtp_stage stage; /* of the attempt under way */
        char reply[REPLY_SIZE];
        bool over; /* the server was told so: what it answers to that is no answer to the mail */
        char error[CURL_ERROR_SIZE];
        char envelope_from[SETTING_TEXT_SIZE + 2];
};

DEFINE_CLEANUP(struct curl_slist *, curl_slist_free_all)
DEFINE_CLEANUP(curl_mime *, curl_mime_free)

static void note_command(struct smtp *smtp, const char *line, size_t size)
{
        static const struct {
                const char *verb;
                enum smtp_stage stage;
        } verbs[] = {{"MAIL", STAGE_SENDER}, {"RCPT", STAGE_RECIPIENT}, {"DATA", STAGE_DATA}};

        smtp->over |= size >= 4 && strncmp(line, "QUIT", 4) == 0;
        if (smtp->over)
                return;
        smtp->reply[0] = '\0';
        for (size_t i = 0; i < ELEMENTS(verbs); i++)
                if (size > 4 && strncmp(line, verbs[i].verb, 4) == 0)
                        smtp->stage = verbs[i].stage;
}

/* After the mail was sent an answer may repeat some of it, a link perhaps: then its numbers alone
 * are kept. */
static void note_reply(struct smtp *smtp, const char *line, size_t size)
{
        char text[REPLY_SIZE];

        if (size >= sizeof(text))
                size = sizeof(text) - 1;
        memcpy(text, line, size);
        text[size] = '\0';
        text[strcspn(text, "\r\n")] = '\0';
        if (smtp->stage == STAGE_DATA)
                text[strspn(text, CODE_CHARACTERS)] = '\0';
        text_clean(smtp->reply, sizeof(smtp->reply), text, false);
}

static int on_protocol(CURL *curl, curl_infotype type, char *line, size_t size, void *userdata)
{
        struct smtp *smtp = userdata;

        (void)curl; /* it is smtp->curl */
        if (type == CURLINFO_HEADER_OUT)
                note_command(smtp, line, size);
        else if (type == CURLINFO_HEADER_IN && size >= 3 && !smtp->over)
                note_reply(smtp, line, size);
        return 0;
}

static int on_progress(void *userdata, curl_off_t down, curl_off_t down_now, curl_off_t up,
                       curl_off_t up_now)
{
        const struct smtp *smtp = userdata;

        (void)down, (void)down_now, (void)up, (void)up_now; /* curl's signature */
        return smtp->stage != STAGE_DATA && smtp->give_up && smtp->give_up(smtp->userdata);
}

static long use_ssl(const struct maild_settings *settings)
{
        switch (settings->start_tls) {
        case START_TLS_NO:
                return CURLUSESSL_NONE;
        case START_TLS_TRY:
                return CURLUSESSL_TRY;
        case START_TLS_BY_SERVER:
        case START_TLS_REQUIRED:
                break;
        }
        return CURLUSESSL_ALL;
}

#define SET(option, value)                                                                         \
        if (code == CURLE_OK)                                                                      \
        code = curl_easy_setopt(smtp->curl, option, value)

static int prepare(struct smtp *smtp, const struct maild_settings *settings)
{
        char url[2 * SETTING_TEXT_SIZE + 2];
        CURLcode code = CURLE_OK;

        /* The path is what EHLO says. */
        snprintf(url, sizeof(url), "%s/%s", settings->server, settings->hostname);
        snprintf(smtp->envelope_from, sizeof(smtp->envelope_from), "<%s>", settings->from);
        SET(CURLOPT_URL, url);
        SET(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        SET(CURLOPT_PROXY, ""); /* whatever the environment says */
        SET(CURLOPT_NOSIGNAL, 1L);
        SET(CURLOPT_USE_SSL, use_ssl(settings));
        SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
        SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(settings->connect_timeout_usec / USEC_PER_MSEC));
        SET(CURLOPT_TIMEOUT_MS, (long)(settings->timeout_usec / USEC_PER_MSEC));
        SET(CURLOPT_MAIL_FROM, smtp->envelope_from);
        SET(CURLOPT_ERRORBUFFER, smtp->error);
        SET(CURLOPT_DEBUGFUNCTION, on_protocol);
        SET(CURLOPT_DEBUGDATA, smtp);
        SET(CURLOPT_VERBOSE, 1L);
        SET(CURLOPT_XFERINFOFUNCTION, on_progress);
        SET(CURLOPT_XFERINFODATA, smtp);
        SET(CURLOPT_NOPROGRESS, 0L);
        if (settings->ca_file[0])
                SET(CURLOPT_CAINFO, settings->ca_file);
        if (settings->user[0])
                SET(CURLOPT_USERNAME, settings->user);
        if (settings->password)
                SET(CURLOPT_PASSWORD, settings->password->bytes);
        return code == CURLE_OK ? 0 : -ENOMEM;
}

int smtp_new(struct smtp **ret_smtp, const struct maild_settings *settings,
             bool (*give_up)(void *userdata), void *userdata)
{
        _cleanup_(smtp_freep) struct smtp *smtp = calloc(1, sizeof(*smtp));
        int r;

        if (!smtp)
                return -ENOMEM;
        smtp->give_up = give_up;
        smtp->userdata = userdata;
        smtp->curl = curl_easy_init();
        if (!smtp->curl)
                return -ENOMEM;
        r = prepare(smtp, settings);
        if (r < 0)
                return r;
        *ret_smtp = TAKE_PTR(smtp);
        return 0;
}

struct smtp *smtp_free(struct smtp *smtp)
{
        if (smtp && smtp->curl)
                curl_easy_cleanup(smtp->curl);
        free(smtp);
        return NULL;
}

static int add_header(struct curl_slist **headers, const char *header)
{
        struct curl_slist *longer = curl_slist_append(*headers, header);

        if (!longer)
                return -ENOMEM;
        *headers = longer;
        return 0;
}

/* A header ends where a line begins that is no fold. */
static int split_headers(struct curl_slist **headers, char *lines)
{
        int r = 0;

        while (r == 0 && *lines) {
                char *end = lines;

                do
                        end = strstr(end, "\r\n") + 2;
                while (*end == ' ');
                end[-2] = '\0';
                r = add_header(headers, lines);
                end[-2] = '\r';
                lines = end;
        }
        return r;
}

static int text_part(struct smtp *smtp, curl_mime **ret_mime, const struct secret *body)
{
        _cleanup_(curl_mime_freep) curl_mime *mime = curl_mime_init(smtp->curl);
        curl_mimepart *part = mime ? curl_mime_addpart(mime) : NULL;

        if (!part || curl_mime_data(part, body->bytes, body->size) != CURLE_OK ||
            curl_mime_type(part, "text/plain; charset=utf-8") != CURLE_OK ||
            curl_mime_encoder(part, "quoted-printable") != CURLE_OK)
                return -ENOMEM;
        *ret_mime = TAKE_PTR(mime);
        return 0;
}

/* Whoever wrote the words: what leaves here can be told over D-Bus and shown on a terminal. */
static void describe(const struct smtp *smtp, CURLcode code, char *out, size_t size)
{
        char words[REPLY_SIZE + CURL_ERROR_SIZE];

        static const char *const what[] = {
                [STAGE_CONNECTING] = "The mail server cannot be used",
                [STAGE_SENDER] = "The mail server refused the sender",
                [STAGE_RECIPIENT] = "The mail server refused the recipient",
                [STAGE_DATA] = "The mail server did not take the mail",
        };

        /* With an answer of the server curl's words add nothing. */
        if (smtp->reply[0] >= '4' && smtp->reply[0] <= '5')
                snprintf(words, sizeof(words), "%s: %s", what[smtp->stage], smtp->reply);
        else if (smtp->stage == STAGE_DATA)
                snprintf(words, sizeof(words), "%s: %s", what[STAGE_DATA],
                         curl_easy_strerror(code));
        else
                snprintf(words, sizeof(words), "%s: %.200s", what[STAGE_CONNECTING],
                         smtp->error[0] ? smtp->error : curl_easy_strerror(code));
        text_clean(out, size, words, false);
}

static void judge(const struct smtp *smtp, CURLcode code, struct smtp_outcome *ret_outcome)
{
        *ret_outcome = (struct smtp_outcome){.verdict = VERDICT_DELIVERED};
        if (code == CURLE_OK)
                return;
        bool answered = smtp->reply[0] >= '4' && smtp->reply[0] <= '5';
        const char *reply = answered ? smtp->reply : "";

        ret_outcome->verdict = verdict_of_failure(smtp->stage, reply);
        ret_outcome->of_server = verdict_is_of_server(smtp->stage, reply);
        ret_outcome->broken_off = code == CURLE_ABORTED_BY_CALLBACK;
        describe(smtp, code, ret_outcome->problem, sizeof(ret_outcome->problem));
}

int smtp_send(struct smtp *smtp, const struct message *message, struct smtp_outcome *ret_outcome)
{
        _cleanup_(curl_slist_free_allp) struct curl_slist *headers = NULL, *recipients = NULL;
        _cleanup_(curl_mime_freep) curl_mime *mime = NULL;
        char recipient[BO_USER_MAX + 3];
        CURLcode code = CURLE_OK;
        int r;

        snprintf(recipient, sizeof(recipient), "<%s>", message->recipient);
        r = add_header(&recipients, recipient);
        if (r == 0)
                r = split_headers(&headers, message->headers->bytes);
        if (r == 0)
                r = text_part(smtp, &mime, message->body);
        if (r < 0)
                return r;
        SET(CURLOPT_MAIL_RCPT, recipients);
        SET(CURLOPT_HTTPHEADER, headers);
        SET(CURLOPT_MIMEPOST, mime);
        if (code != CURLE_OK)
                return -ENOMEM;
        smtp->stage = STAGE_CONNECTING;
        smtp->over = false;
        smtp->reply[0] = smtp->error[0] = '\0';
        judge(smtp, curl_easy_perform(smtp->curl), ret_outcome);
        /* They are freed here; the next mail sets its own. */
        curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
        curl_easy_setopt(smtp->curl, CURLOPT_HTTPHEADER, NULL);
        curl_easy_setopt(smtp->curl, CURLOPT_MIMEPOST, NULL);
        return 0;
}
