/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The password for the mail server: a systemd credential, or a file that nobody else may read. */
#include "bo-maild/password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define PASSWORD_MAX 512
#define CREDENTIAL   "smtp-password"

/* The first line. */
static int read_line(struct secret **ret_password, int fd, const char *file,
                     struct conf_report *report)
{
        _cleanup_(secret_freep) struct secret *text = secret_new(PASSWORD_MAX + 1);
        ssize_t n = text ? read(fd, text->bytes, PASSWORD_MAX + 1) : -1;
        size_t length;

        if (!text)
                return -ENOMEM;
        if (n < 0) {
                conf_complain(report, file, 0, "cannot be read: %s", strerror(errno));
                return 0;
        }
        length = strcspn(text->bytes, "\r\n");
        if (length == 0 || length > PASSWORD_MAX) {
                conf_complain(report, file, 0,
                              "its first line must be the password, of at most %d bytes",
                              PASSWORD_MAX);
                return 0;
        }
        *ret_password = secret_copy(text->bytes, length);
        return *ret_password ? 0 : -ENOMEM;
}

static int read_file(struct secret **ret_password, const char *file, struct conf_report *report)
{
        _cleanup_(closep) int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        struct stat facts;

        if (fd < 0 || fstat(fd, &facts) < 0) {
                conf_complain(report, file, 0, "cannot be read: %s", strerror(errno));
                return 0;
        }
        if (facts.st_mode & (S_IRWXG | S_IRWXO)) {
                conf_complain(report, file, 0,
                              "others than its owner may read or write it; chmod 600 it");
                return 0;
        }
        return read_line(ret_password, fd, file, report);
}

/* systemd has seen to who may read it. */
static int read_credential(struct secret **ret_password, const char *directory,
                           struct conf_report *report, bool *ret_found)
{
        _cleanup_(freep) char *file = NULL;
        _cleanup_(closep) int fd = -1;

        if (asprintf(&file, "%s/" CREDENTIAL, directory) < 0)
                return -ENOMEM;
        fd = open(file, O_RDONLY | O_CLOEXEC);
        *ret_found = fd >= 0;
        return fd >= 0 ? read_line(ret_password, fd, file, report) : 0;
}

int password_read(struct secret **ret_password, const char *file, struct conf_report *report)
{
        const char *credentials = getenv("CREDENTIALS_DIRECTORY");
        bool found = false;
        int r = credentials ? read_credential(ret_password, credentials, report, &found) : 0;

        if (r < 0 || found)
                return r;
        return file[0] ? read_file(ret_password, file, report) : 0;
}
