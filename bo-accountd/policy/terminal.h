/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may be bound to a location: a host, a terminal or PAM service of a host, a network (R27). */
#pragma once

#include "bo-accountd/policy/network.h"

#define TERMINAL_HOST_SIZE  65
#define TERMINAL_VALUE_SIZE 65

/* In the order in which they decide where a login is: the first that is bound (see ops/place.h). */
enum terminal_kind {
        TERMINAL_NETWORK,
        TERMINAL_TTY,
        TERMINAL_SERVICE,
        TERMINAL_HOST,
};

struct terminal {
        enum terminal_kind kind;
        char host[TERMINAL_HOST_SIZE];   /* of tty and service; else empty */
        char value[TERMINAL_VALUE_SIZE]; /* of a network its one text */
        struct network network;          /* of a network */
};

const char *terminal_kind_name(enum terminal_kind kind);
/* -EINVAL */
int terminal_kind_from_name(const char *name, enum terminal_kind *ret_kind);

/* 1..64 of A-Z a-z 0-9 . _ -, a letter or digit first: what Terminal= of a host takes. */
bool terminal_is_host(const char *name);

/*
 * A terminal line as it is stored: without "/dev/". false and @out empty for what says nothing of a
 * place: no name at all, sshd's "ssh", pseudo-terminals (pts/3), whose numbers anybody gets.
 */
bool terminal_tty(char out[TERMINAL_VALUE_SIZE], const char *tty);

/*
 * Makes a terminal of what was said. On -EINVAL @why (of that size) says what is wrong; @host is
 * NULL or empty if none was given.
 */
int terminal_make(struct terminal *ret_terminal, enum terminal_kind kind, const char *host,
                  const char *value, char *why, size_t why_size);
