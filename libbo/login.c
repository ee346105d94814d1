/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The login conversation: a question comes, an answer goes, until the daemon says done. */
#include "libbo/internal.h"

#include <errno.h>
#include <string.h>

#define LOGIN_PROTOCOL 1U

static const char *const phases[] = {
        [BO_PHASE_AUTH] = "auth",
        [BO_PHASE_ACCOUNT] = "account",
        [BO_PHASE_PASSWORD] = "password",
        [BO_PHASE_SESSION] = "session",
};

static const char *const kinds[] = {
        [BO_SECRET] = "secret", [BO_VISIBLE] = "visible", [BO_INFO] = "info",
        [BO_FAILURE] = "error", [BO_DONE] = "done",       [BO_ENVIRONMENT] = "environment",
};

/* A kind that is not known is never shown as another one: it fails. */
static int kind_from_name(const char *name, enum bo_question_kind *ret_kind)
{
        for (size_t i = 0; i < ELEMENTS(kinds); i++)
                if (strcmp(kinds[i], name) == 0) {
                        *ret_kind = (enum bo_question_kind)i;
                        return 0;
                }
        return -EBADMSG;
}

/* The text of a question, cleaned; of an end, what its outcome tells a person. */
static int question_fill(bo *client, uint64_t login, const char *kind, const char *text,
                         struct bo_question *ret_question)
{
        struct bo_question question = {.login = login};
        int r = kind_from_name(kind, &question.kind);

        if (r < 0)
                return r;
        if (question.kind == BO_DONE) {
                question.outcome = bo_error_from_name(text);
                if (question.outcome < 0)
                        return question.outcome;
                text = question.outcome ? bo_error_text(question.outcome) : "";
        }
        bo_string_free(client->text);
        client->text = text_cleaned(text);
        if (!client->text)
                return -ENOMEM;
        question.text = client->text;
        *ret_question = question;
        return 0;
}

/* Reads (s kind, s text), what every method of the conversation ends with. */
static int question_read(bo *client, sd_bus_message *reply, uint64_t login,
                         struct bo_question *ret_question)
{
        const char *kind, *text;
        int r = sd_bus_message_sensitive(reply); /* a set-up shows a secret in its text */

        if (r >= 0)
                r = sd_bus_message_read(reply, "ss", &kind, &text);
        if (r <= 0)
                return call_malformed(r);
        return question_fill(client, login, kind, text, ret_question);
}

static int option_flag(sd_bus_message *call, const char *key, bool value)
{
        return value ? sd_bus_message_append(call, "{sv}", key, "b", 1) : 0;
}

static int context_append(sd_bus_message *call, const struct bo_login_context *context)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        if (r >= 0)
                r = sd_bus_message_append(call, "{sv}", "protocol", "u", LOGIN_PROTOCOL);
        if (r >= 0)
                r = option_string(call, "user", context->user);
        if (r >= 0)
                r = option_string(call, "service", context->service);
        if (r >= 0)
                r = option_string(call, "rhost", context->rhost);
        if (r >= 0)
                r = option_string(call, "tty", context->tty);
        if (r >= 0)
                r = option_string(call, "permission", context->permission);
        if (r >= 0 && context->login != 0)
                r = sd_bus_message_append(call, "{sv}", "login", "t", context->login);
        if (r >= 0)
                r = option_flag(call, "silent", context->silent);
        if (r >= 0)
                r = option_flag(call, "expired", context->expired);
        if (r >= 0)
                r = option_flag(call, "check", context->check);
        if (r >= 0)
                r = option_flag(call, "close", context->close);
        if (r >= 0)
                r = option_flag(call, "environment", context->environment);
        if (r >= 0 && context->caller != 0)
                r = sd_bus_message_append(call, "{sv}", "caller", "u", context->caller);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r;
}

int bo_login_begin(bo *client, enum bo_phase phase, const struct bo_login_context *context,
                   struct bo_question *ret_question)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        uint64_t login;
        int r;

        if ((size_t)phase >= ELEMENTS(phases) || !context->user || !context->service)
                return -EINVAL;
        /* What stands in the place of a name may be a password that was typed there. */
        r = call_new(client, &call, BO_PATH, BO_LOGIN, "Begin", true);
        if (r >= 0)
                r = sd_bus_message_append(call, "s", phases[phase]);
        if (r >= 0)
                r = context_append(call, context);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        if (r != 0)
                return r;
        r = sd_bus_message_read(reply, "t", &login);
        if (r <= 0)
                return call_malformed(r);
        return question_read(client, reply, login, ret_question);
}

int bo_login_step(bo *client, uint64_t login, const void *answer, size_t size,
                  struct bo_question *ret_question)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r;

        if (!answer)
                size = 0;
        if (size > BO_ANSWER_MAX)
                return -EMSGSIZE;
        r = call_new(client, &call, BO_PATH, BO_LOGIN, "Step", true);
        if (r >= 0)
                r = sd_bus_message_append(call, "t", login);
        if (r >= 0)
                r = sd_bus_message_append_array(call, 'y', answer, size);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        return r != 0 ? r : question_read(client, reply, login, ret_question);
}

int bo_login_cancel(bo *client, uint64_t login, struct bo_question *ret_question)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL;
        int r = call_new(client, &call, BO_PATH, BO_LOGIN, "Cancel", false);

        if (r >= 0)
                r = sd_bus_message_append(call, "t", login);
        if (r < 0)
                return r;
        r = call_send(client, call, &reply);
        return r != 0 ? r : question_read(client, reply, login, ret_question);
}
