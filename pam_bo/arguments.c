/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands behind pam_bo.so on its line in /etc/pam.d. */
#include "pam_bo/arguments.h"

#include <security/pam_ext.h>
#include <stddef.h>
#include <string.h>
#include <syslog.h>

#include "common/cleanup.h"

static const struct {
        const char *word;
        size_t flag;
} words[] = {
        {"foreign=ignore", offsetof(struct arguments, foreign_ignore)},
        {"use_first_pass", offsetof(struct arguments, use_first_pass)},
        {"try_first_pass", offsetof(struct arguments, try_first_pass)},
        {"use_authtok", offsetof(struct arguments, use_authtok)},
        {"debug", offsetof(struct arguments, debug)},
};

/* What stands behind @key in @text; NULL: it begins otherwise. */
static const char *value_of(const char *text, const char *key)
{
        size_t length = strlen(key);

        return strncmp(text, key, length) == 0 ? text + length : NULL;
}

static bool argument_read(struct arguments *arguments, const char *text)
{
        const char *socket = value_of(text, "socket="), *permission = value_of(text, "permission=");

        if (socket) {
                arguments->socket = socket;
                return socket[0] == '/';
        }
        if (permission) {
                bool first = !arguments->permission;

                arguments->permission = permission;
                return first && permission[0];
        }
        for (size_t i = 0; i < ELEMENTS(words); i++)
                if (strcmp(words[i].word, text) == 0) {
                        *(bool *)((char *)arguments + words[i].flag) = true;
                        return true;
                }
        /* A slip in the word that guards must not take the guard away from foreign users. */
        if (strncasecmp(text, "perm", 4) == 0 && !arguments->permission)
                arguments->permission = text;
        return false;
}

struct arguments arguments_parse(pam_handle_t *pamh, int argc, const char **argv)
{
        struct arguments arguments = {0};

        for (int i = 0; i < argc; i++) {
                if (argument_read(&arguments, argv[i]))
                        continue;
                arguments.bad = true;
                pam_syslog(pamh, LOG_ERR,
                           "argument \"%s\" is not known: no user of bo can log in here until it "
                           "is corrected, see pam_bo(8)",
                           argv[i]);
        }
        return arguments;
}
