/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far the SQLite file itself has come, without the log beside it. */
#include "bo-accountd/store/sqlite.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define TRIES 5

/* What means something in a URI of SQLite. */
static int uri_of(char out[PATH_MAX], const char *path)
{
        size_t n = (size_t)snprintf(out, PATH_MAX, "file:");

        for (; *path; path++) {
                if (n + sizeof("%XX?immutable=1") >= PATH_MAX)
                        return -ENAMETOOLONG;
                if (strchr("%?#", *path))
                        n += (size_t)snprintf(out + n, PATH_MAX - n, "%%%02X",
                                              (unsigned char)*path);
                else
                        out[n++] = *path;
        }
        snprintf(out + n, PATH_MAX - n, "?immutable=1"); /* the log is not looked at */
        return 0;
}

/* -1: it cannot be told, as while it is written to. */
static int64_t look(const char *uri)
{
        sqlite3_stmt *statement = NULL;
        sqlite3 *handle = NULL;
        int64_t sequence = -1;
        int code = sqlite3_open_v2(
                uri, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);

        if (code == SQLITE_OK)
                code = sqlite3_prepare_v2(handle, "SELECT sequence FROM audit_head WHERE id = 1",
                                          -1, &statement, NULL);
        if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
                sequence = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(handle);
        return sequence;
}

/* A page may be written while it is read: believed when it is read twice. */
int sqlite_settled(const char *where, int64_t *ret_sequence)
{
        int64_t sequence, before = -1;
        char uri[PATH_MAX];
        int r = uri_of(uri, where);

        if (r < 0)
                return r;
        for (int i = 0; i < TRIES; i++, before = sequence) {
                sequence = look(uri);
                if (sequence >= 0 && sequence == before) {
                        *ret_sequence = sequence;
                        return 0;
                }
        }
        return -ENODATA;
}

/* By SQLite's own descriptor: to close another one would end its locks (close(2) of POSIX). */
int sqlite_settle(struct sql *sql)
{
        sqlite3_file *file = NULL;
        int code = sqlite3_file_control(((struct sqlite *)sql)->handle, "main",
                                        SQLITE_FCNTL_FILE_POINTER, (void *)&file);

        if (code != SQLITE_OK || !file || !file->pMethods)
                return -EIO;
        code = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
        return code == SQLITE_OK ? 0 : sqlite_errno((struct sqlite *)sql, code);
}
