/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of libbo share: the connection, and calls over it. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-bus.h>

#include "common/cleanup.h"
#include "libbo/bo.h"

#define BO_ERROR_PREFIX "org.backoffice.Accounts1.Error."
#define BO_PATH         "/org/backoffice/Accounts1"
#define BO_CUSTOMER     "org.backoffice.Accounts1.Customer"
#define BO_LOGIN        "org.backoffice.Accounts1.Login"
#define BO_MAIL         "org.backoffice.Accounts1.Mail"
#define BO_MANAGER      "org.backoffice.Accounts1.Manager"
#define BO_USER         "org.backoffice.Accounts1.User"
#define BO_PROPERTIES   "org.freedesktop.DBus.Properties"
#define BO_USER_PATH    BO_PATH "/user/_"

DEFINE_CLEANUP(bo *, bo_close)

struct bo {
        sd_bus *bus;
        int fd;        /* owned by bus; for a close in a forked child, where sd-bus does nothing */
        pid_t pid;     /* who opened it */
        char *message; /* of the last BO_ERR_*; NULL: the text of the table */
        int error;     /* the last return value of call_send() */
        char *text;    /* of the last question; may hold a secret, so it is wiped */
        bool mail_queued; /* the daemon said so since the last bo_mail_take() */
};

/*
 * Waits for the other end, or until @deadline_usec of CLOCK_MONOTONIC: -ETIMEDOUT. A signal ends
 * the wait early, but not the call that it is for.
 */
int bus_wait_until(sd_bus *bus, uint64_t deadline_usec);

/* Makes a call. With @sensitive the message is wiped when it is freed. */
int call_new(bo *client, sd_bus_message **ret_call, const char *path, const char *interface,
             const char *member, bool sensitive);

/* Sends @call and waits up to 30 s; returns as a public call does. @ret_reply may be NULL. */
int call_send(bo *client, sd_bus_message *call, sd_bus_message **ret_reply);

/* What a message that is no reply tells. */
void message_note(bo *client, sd_bus_message *message);

/* The few errnos that bo.h names, out of the many of sd-bus. */
int errno_fold(int r);

/* The object path of a user; @size must have room for BO_USER_PATH "4294967295". */
void user_path(char *out, size_t size, uint32_t uid);

/* As call_new(), of a method of the user @uid. */
int call_new_user(bo *client, sd_bus_message **ret_call, uint32_t uid, const char *member,
                  bool sensitive);

/* Appends a{sv} with at most one option (none if @value is NULL), and sends. */
int call_send_options(bo *client, sd_bus_message *call, const char *key, const char *value,
                      sd_bus_message **ret_reply);

/* Appends one entry of an open a{sv}; nothing for NULL. */
int option_string(sd_bus_message *call, const char *key, const char *value);

/* Appends @bytes up to their NUL as `ay`, in which D-Bus carries secrets. */
int append_bytes(sd_bus_message *call, const char *bytes);

/* Appends one entry of an open a{sv}, as `ay`; nothing for NULL. */
int option_secret(sd_bus_message *call, const char *key, const char *secret);

struct text_option {
        const char *key, *value;
};

/* Appends a{sv} of those options whose value is not NULL. */
int append_options(sd_bus_message *call, const struct text_option *options, size_t n);

/* Appends `as`; @strings end with NULL. */
int append_strings(sd_bus_message *call, const char *const *strings);

/* Reads one string that is a secret, from a reply that is then wiped when it is freed. */
int read_secret(sd_bus_message *reply, char **ret_text);

/* A reply that does not have the shape of the contract. */
int call_malformed(int r);

/* A copy of @text, cleaned for a terminal; line breaks stay. NULL: out of memory. */
char *text_cleaned(const char *text);

DEFINE_CLEANUP(char *, bo_string_free)
