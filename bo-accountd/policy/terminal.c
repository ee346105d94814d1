/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be bound to a location: a host, a terminal or PAM service of a host, a network (R27). */
#include "bo-accountd/policy/terminal.h"

#include "bo-accountd/policy/service.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static const char *const names[] = {
        [TERMINAL_NETWORK] = "network",
        [TERMINAL_TTY] = "tty",
        [TERMINAL_SERVICE] = "service",
        [TERMINAL_HOST] = "host",
};

const char *terminal_kind_name(enum terminal_kind kind)
{
        return names[kind];
}

int terminal_kind_from_name(const char *name, enum terminal_kind *ret_kind)
{
        for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
                if (strcmp(names[i], name) == 0) {
                        *ret_kind = (enum terminal_kind)i;
                        return 0;
                }
        return -EINVAL;
}

static bool consists_of(const char *text, const char *allowed)
{
        return text[strspn(text, allowed)] == '\0';
}

bool terminal_is_host(const char *name)
{
        size_t length = strnlen(name, TERMINAL_HOST_SIZE);

        return length >= 1 && length < TERMINAL_HOST_SIZE && strspn(name, LETTERS DIGITS) > 0 &&
               consists_of(name, LETTERS DIGITS "._-");
}

bool terminal_tty(char out[TERMINAL_VALUE_SIZE], const char *tty)
{
        const char *name = strncmp(tty, "/dev/", 5) == 0 ? tty + 5 : tty;
        size_t length = strnlen(name, TERMINAL_VALUE_SIZE);

        out[0] = '\0';
        if (length < 1 || length >= TERMINAL_VALUE_SIZE || name[0] == '/' || strstr(name, "..") ||
            !consists_of(name, LETTERS DIGITS "._:/-") || strcmp(name, "ssh") == 0 ||
            strncmp(name, "pts/", 4) == 0)
                return false;
        memcpy(out, name, length + 1);
        return true;
}

static int make_network(struct terminal *terminal, const char *value, char *why, size_t why_size)
{
        int r = network_parse(&terminal->network, value);

        if (r == -EINVAL) {
                snprintf(why, why_size,
                         "Value: \"%.64s\" is no numeric address or range, as 192.0.2.0/24 or "
                         "2001:db8::/32.",
                         value);
                return r;
        }
        network_text(terminal->value, &terminal->network);
        if (r == -EDOM) {
                snprintf(why, why_size,
                         "Value: bits are set behind the prefix of %.64s; the range is %s.", value,
                         terminal->value);
                return -EINVAL;
        }
        return 0;
}

static int make_host(struct terminal *terminal, const char *value, char *why, size_t why_size)
{
        if (!terminal_is_host(value)) {
                snprintf(why, why_size,
                         "Value: a host has a name of 1 to 64 letters, digits, '.', '_' and '-', "
                         "as Terminal= of it says.");
                return -EINVAL;
        }
        memcpy(terminal->value, value, strlen(value) + 1);
        return 0;
}

/* A tty or service, which belongs to a host. */
static int make_part(struct terminal *terminal, const char *host, const char *value, char *why,
                     size_t why_size)
{
        bool tty = terminal->kind == TERMINAL_TTY;
        bool good = tty ? terminal_tty(terminal->value, value) : service_is_name(value);

        if (!host || !terminal_is_host(host)) {
                snprintf(why, why_size,
                         "Host: a %s belongs to a host; name it by its Terminal= (accountd.conf).",
                         names[terminal->kind]);
                return -EINVAL;
        }
        if (!good) {
                snprintf(why, why_size,
                         tty ? "Value: \"%.64s\" is no fixed terminal line, as tty1 or ttyS0."
                             : "Value: \"%.64s\" is no PAM service, as login.",
                         value);
                return -EINVAL;
        }
        if (!tty)
                memcpy(terminal->value, value, strlen(value) + 1);
        memcpy(terminal->host, host, strlen(host) + 1);
        return 0;
}

int terminal_make(struct terminal *ret_terminal, enum terminal_kind kind, const char *host,
                  const char *value, char *why, size_t why_size)
{
        struct terminal terminal = {.kind = kind};
        bool part = kind == TERMINAL_TTY || kind == TERMINAL_SERVICE;
        int r;

        if (!part && host && *host) {
                snprintf(why, why_size, "Host: a %s belongs to no host.", names[kind]);
                return -EINVAL;
        }
        r = part                    ? make_part(&terminal, host, value, why, why_size)
            : kind == TERMINAL_HOST ? make_host(&terminal, value, why, why_size)
                                    : make_network(&terminal, value, why, why_size);
        if (r == 0)
                *ret_terminal = terminal;
        return r;
}
