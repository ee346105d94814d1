/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One D-Bus call: made, sent, and its error turned into a return value and a message. */
#include "libbo/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"

#define CALL_TIMEOUT_USEC (30 * USEC_PER_SEC)

char *text_cleaned(const char *text)
{
        size_t size = strlen(text) + 1; /* cleaning never makes a text longer */
        char *clean = malloc(size);

        if (clean)
                text_clean(clean, size, text, true);
        return clean;
}

char *bo_string_free(char *string)
{
        if (string)
                explicit_bzero(string, strlen(string));
        free(string);
        return NULL;
}

int call_new(bo *client, sd_bus_message **ret_call, const char *path, const char *interface,
             const char *member, bool sensitive)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r;

        if (client->pid != getpid())
                return -ECHILD;
        r = sd_bus_message_new_method_call(client->bus, &call, NULL, path, interface, member);
        if (r < 0)
                return r;
        if (sensitive) {
                r = sd_bus_message_sensitive(call);
                if (r < 0)
                        return r;
        }
        *ret_call = TAKE_PTR(call);
        return 0;
}

void user_path(char *out, size_t size, uint32_t uid)
{
        snprintf(out, size, BO_USER_PATH "%" PRIu32, uid);
}

int call_new_user(bo *client, sd_bus_message **ret_call, uint32_t uid, const char *member,
                  bool sensitive)
{
        char path[sizeof(BO_USER_PATH "4294967295")];

        user_path(path, sizeof(path), uid);
        return call_new(client, ret_call, path, BO_USER, member, sensitive);
}

/* Keeps what the daemon said; out of memory costs only the details. */
static void message_keep(bo *client, int error, const char *text)
{
        free(client->message);
        client->message = text && *text ? text_cleaned(text) : NULL;
        client->error = error;
}

void message_note(bo *client, sd_bus_message *message)
{
        client->mail_queued |= sd_bus_message_is_signal(message, BO_MAIL, "Queued") > 0;
}

int errno_fold(int r)
{
        switch (r) {
        case -ENOTCONN:
        case -EPIPE:
                return -ECONNRESET;
        case -EBADR: /* unknown method, interface or object: another version */
                return -EBADMSG;
        default:
                return r;
        }
}

/* A domain error has our prefix; everything else is no answer. */
static int error_to_return(bo *client, sd_bus_message *reply)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        int r = -sd_bus_message_get_errno(reply);

        if (strncmp(error->name, BO_ERROR_PREFIX, strlen(BO_ERROR_PREFIX)) == 0) {
                r = bo_error_from_name(error->name);
                /* "Error.Success" would be a refusal that says it is none. */
                if (r == 0)
                        r = -EBADMSG;
        } else {
                r = r < 0 ? errno_fold(r) : -EBADMSG;
        }
        message_keep(client, r, error->message);
        return r;
}

/*
 * sd_bus_call() gives up when a signal comes, though the daemon goes on: the answer to a password
 * would be lost because a child ended. So the reply is waited for here.
 */
static int reply_wait(bo *client, uint64_t cookie, sd_bus_message **ret_reply)
{
        uint64_t deadline_usec = clock_monotonic_usec() + CALL_TIMEOUT_USEC;

        for (;;) {
                _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
                uint64_t answered;
                int r = sd_bus_process(client->bus, &message);

                if (r < 0)
                        return r;
                if (message && sd_bus_message_get_reply_cookie(message, &answered) >= 0 &&
                    answered == cookie) {
                        *ret_reply = TAKE_PTR(message);
                        return 0;
                }
                if (message)
                        message_note(client, message);
                if (r > 0)
                        continue; /* the handshake's end, or the reply to a call given up */
                r = bus_wait_until(client->bus, deadline_usec);
                if (r < 0)
                        return r;
        }
}

int call_send(bo *client, sd_bus_message *call, sd_bus_message **ret_reply)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        uint64_t cookie;
        int r;

        if (client->pid != getpid())
                return -ECHILD;
        message_keep(client, 0, NULL);
        r = sd_bus_send(client->bus, call, &cookie);
        if (r >= 0)
                r = reply_wait(client, cookie, &reply);
        if (r < 0) {
                client->error = errno_fold(r);
                return client->error;
        }
        if (sd_bus_message_is_method_error(reply, NULL))
                return error_to_return(client, reply);
        if (ret_reply)
                *ret_reply = TAKE_PTR(reply);
        return 0;
}

int call_send_options(bo *client, sd_bus_message *call, const char *key, const char *value,
                      sd_bus_message **ret_reply)
{
        int r = value ? sd_bus_message_append(call, "a{sv}", 1, key, "s", value)
                      : sd_bus_message_append(call, "a{sv}", 0);

        return r < 0 ? r : call_send(client, call, ret_reply);
}

int option_string(sd_bus_message *call, const char *key, const char *value)
{
        return value ? sd_bus_message_append(call, "{sv}", key, "s", value) : 0;
}

int append_options(sd_bus_message *call, const struct text_option *options, size_t n)
{
        int r = sd_bus_message_open_container(call, 'a', "{sv}");

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = option_string(call, options[i].key, options[i].value);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int append_bytes(sd_bus_message *call, const char *bytes)
{
        return sd_bus_message_append_array(call, 'y', bytes, strlen(bytes));
}

int option_secret(sd_bus_message *call, const char *key, const char *secret)
{
        int r;

        if (!secret)
                return 0;
        r = sd_bus_message_open_container(call, 'e', "sv");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", key);
        if (r >= 0)
                r = sd_bus_message_open_container(call, 'v', "ay");
        if (r >= 0)
                r = append_bytes(call, secret);
        if (r >= 0)
                r = sd_bus_message_close_container(call);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int append_strings(sd_bus_message *call, const char *const *strings)
{
        int r = sd_bus_message_open_container(call, 'a', "s");

        for (; r >= 0 && *strings; strings++)
                r = sd_bus_message_append(call, "s", *strings);
        return r < 0 ? r : sd_bus_message_close_container(call);
}

int read_secret(sd_bus_message *reply, char **ret_text)
{
        const char *text;
        int r = sd_bus_message_sensitive(reply);

        if (r >= 0)
                r = sd_bus_message_read(reply, "s", &text);
        if (r <= 0)
                return call_malformed(r);
        *ret_text = text_cleaned(text);
        return *ret_text ? 0 : -ENOMEM;
}

int call_malformed(int r)
{
        /* sd-bus answers 0 at the end of a container, -ENXIO for a type that is not there. */
        return r == -ENOMEM ? r : -EBADMSG;
}

const char *bo_message(bo *client)
{
        return client->message ? client->message : bo_error_text(client->error);
}
