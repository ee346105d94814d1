/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Structured lines for the journal. Never a secret, token, key or password; names that bo does not
 * know never in clear. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <syslog.h>

/* What a line is about. Every event sends all fields, an empty one for NULL: a catalog text shows
 * the name of a field that is missing. The message ids are explained in systemd/bo.catalog and
 * docs/events.md; tests/unit/events.py holds that each event has one. */
struct log_event {
        const char *event;    /* BO_EVENT=, as in the audit trail */
        const char *user;     /* BO_USER=: cleaned here */
        const char *customer; /* BO_CUSTOMER= */
        const char *service;  /* BO_SERVICE= */
        const char *rhost;    /* BO_RHOST= */
        const char *detail;   /* BO_DETAIL= */
};

/* How many lines of the @i-th event were sent since the start, and its name; false behind the last.
 */
bool log_counted(size_t i, const char **ret_event, uint64_t *ret_n);

void log_line(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void log_event(int priority, const struct log_event *event, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
