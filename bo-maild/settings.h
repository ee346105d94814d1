/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of bo-maild: /etc/bo/maild.conf and its drop-ins. */
#pragma once

#include "common/conf.h"
#include "common/secret.h"

#include <stdint.h>

#define SETTING_TEXT_SIZE 256

enum start_tls {
        START_TLS_BY_SERVER, /* not set: required, but for a server on this host */
        START_TLS_REQUIRED,
        START_TLS_TRY,
        START_TLS_NO,
};

struct maild_settings {
        char server[SETTING_TEXT_SIZE]; /* smtp://HOST:PORT or smtps://HOST:PORT */
        enum start_tls start_tls;       /* after loading never START_TLS_BY_SERVER */
        char user[SETTING_TEXT_SIZE];   /* empty: no authentication */
        char password_file[SETTING_TEXT_SIZE];
        char ca_file[SETTING_TEXT_SIZE];
        char from[SETTING_TEXT_SIZE];
        char from_name[SETTING_TEXT_SIZE];
        char reply_to[SETTING_TEXT_SIZE];
        char hostname[SETTING_TEXT_SIZE];
        char language[SETTING_TEXT_SIZE];
        uint64_t connect_timeout_usec, timeout_usec;
        struct secret *password; /* NULL: none, or none that can be seen from here */
};

/* Reads DIRECTORY/maild.conf and DIRECTORY/maild.conf.d. 0; -EINVAL after complaints; -ENOMEM. */
int maild_settings_load(struct maild_settings **ret_settings, const char *directory,
                        struct conf_report *report);
struct maild_settings *maild_settings_free(struct maild_settings *settings);
DEFINE_CLEANUP(struct maild_settings *, maild_settings_free)

/* Is the address of @server (as in Server=) on this host, with no network in between? */
bool server_is_local(const char *server);
