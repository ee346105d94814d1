/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libbo share: the connection, and calls over it. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "common/cleanup.h"
#include "libbo/bo.h"

#define BO_ERROR_PREFIX "org.backoffice.Accounts1.Error."
#define BO_PATH         "/org/backoffice/Accounts1"
#define BO_INTERFACE    "org.backoffice.Accounts1."

DEFINE_CLEANUP(bo *, bo_close)

struct bo {
        sd_bus *bus;
        int fd;        /* owned by bus; for a close in a forked child, where sd-bus does nothing */
        pid_t pid;     /* who opened it */
        char *message; /* of the last BO_ERR_*; NULL: the text of the table */
        int error;     /* the last return value of call_send() */
        char *text;    /* of the last question; may hold a secret, so it is wiped */
};

/*
 * Makes a call of @member of @interface (without its prefix). With @sensitive the message, and the
 * reply to it, are wiped when they are freed.
 */
int call_new(bo *client, sd_bus_message **ret_call, const char *path, const char *interface,
             const char *member, bool sensitive);

/* Sends @call and waits up to 30 s; returns as a public call does. @ret_reply may be NULL. */
int call_send(bo *client, sd_bus_message *call, sd_bus_message **ret_reply);

/* A reply that does not have the shape of the contract. */
int call_malformed(int r);

/* A copy of @text, cleaned for a terminal; line breaks stay. NULL: out of memory. */
char *text_cleaned(const char *text);

/* Wipes and frees; returns NULL. */
void *wipe_string(char *text);
