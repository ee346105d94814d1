/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of bo-errors.def, from number to name and text and back. */
#include "libbo/internal.h"

#include <errno.h>
#include <string.h>

struct error_row {
        int value;
        const char *name;
        const char *text;
};

#define BO_ERROR(id, value, name, pam, text) {(value), (name), (text)},
static const struct error_row rows[] = {
#include "libbo/bo-errors.def"
};
#undef BO_ERROR

static const struct error_row *row_of(int error)
{
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (rows[i].value == error)
                        return &rows[i];
        return NULL;
}

const char *bo_error_name(int error)
{
        const struct error_row *row = row_of(error);

        return row ? row->name : NULL;
}

/* No strerror() text for these: they say where to look. The errno is still in the return value. */
static const char *errno_text(int error)
{
        switch (-error) {
        case ENOENT:
        case ECONNREFUSED:
                return "The account service does not run. `systemctl status bo-accountd.socket` "
                       "tells why.";
        case ETIMEDOUT:
                return "The account service does not answer. `systemctl status bo-accountd` tells "
                       "why.";
        case ECONNRESET:
        case ENOTCONN:
        case EPIPE:
                return "The account service ended the connection. Try again.";
        case EPERM:
                return "The process at the other end of the socket is not the account service.";
        case EACCES:
                return "The socket of the account service may not be opened.";
        case ECHILD:
                return "The connection belongs to the parent process. Open one of your own.";
        case EMSGSIZE:
                return "The answer is too long.";
        case EBADMSG:
                return "Library and account service do not understand each other. Install the "
                       "same version of both.";
        case ENOMEM:
                return "Out of memory.";
        default:
                return "The account service gave no answer.";
        }
}

const char *bo_error_text(int error)
{
        const struct error_row *row = row_of(error);

        if (row)
                return row->text;
        if (error < 0)
                return errno_text(error);
        return error == 0 ? "Done." : "Unknown error.";
}

int bo_error_from_name(const char *name)
{
        static const char prefix[] = BO_ERROR_PREFIX;

        if (!name)
                return -EBADMSG;
        if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
                name += sizeof(prefix) - 1;
        if (strcmp(name, "Success") == 0)
                return 0;
        for (size_t i = 0; i < ELEMENTS(rows); i++)
                if (strcmp(rows[i].name, name) == 0)
                        return rows[i].value;
        return -EBADMSG;
}
