/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SQLite's online backup, from one snapshot in steps, and its own check of a file. */
#include "bo-accountd/store/copy.h"
#include "bo-accountd/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>

#define PAGES_OF_A_STEP 256
#define LOOK_AFTER      100000 /* instructions of SQLite's machine */
#define FORMAT_OFFSET   18     /* of the two bytes that say whether a file wants a log */
#define FORMAT_WITHOUT  1
#define LEFT_BYTES      ((uint64_t)20 << 20)

static int handle_errno(sqlite3 *handle, int code)
{
        struct sqlite sqlite = {.handle = handle};

        return code == SQLITE_OK || code == SQLITE_DONE ? 0 : sqlite_errno(&sqlite, code);
}

/* Who logs in writes to the same disk: a copy must not take the last of it, not even for a moment.
 */
static int has_room(const char *to, uint64_t bytes)
{
        struct statvfs disk;

        if (statvfs(to, &disk) < 0)
                return -errno;
        return (uint64_t)disk.f_bavail * disk.f_frsize < bytes + LEFT_BYTES ? -ENOSPC : 0;
}

/* @bytes: of all pages. */
static int copy_pages(sqlite3_backup *backup, const char *to, uint64_t bytes,
                      const struct copy_watch *watch)
{
        int code, r = has_room(to, bytes);

        if (r < 0)
                return r;
        do {
                code = sqlite3_backup_step(backup, PAGES_OF_A_STEP);

                uint64_t total = (uint64_t)sqlite3_backup_pagecount(backup);
                uint64_t left = (uint64_t)sqlite3_backup_remaining(backup);

                r = watch->step(watch->userdata, total - left, total);
                if (r == 0 && total > 0)
                        r = has_room(to, bytes / total * left);
        } while (r == 0 && code == SQLITE_OK);
        return r < 0 ? r : code == SQLITE_DONE ? 0 : code;
}

/* The transaction that is open holds the source at one state: the copy never begins anew. */
static int copy_into(struct sql *from, sqlite3 *to, const char *path,
                     const struct copy_watch *watch)
{
        sqlite3_backup *backup;
        uint64_t bytes = 0;
        int code, r = sqlite_size(from, &bytes);

        if (r < 0)
                return r;
        code = sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;", NULL, NULL,
                            NULL);

        if (code != SQLITE_OK)
                return handle_errno(to, code);
        backup = sqlite3_backup_init(to, "main", ((struct sqlite *)from)->handle, "main");
        if (!backup)
                return handle_errno(to, sqlite3_errcode(to));
        r = copy_pages(backup, path, bytes, watch);
        code = sqlite3_backup_finish(backup);
        if (r < 0)
                return r;
        return handle_errno(to, r > 0 ? r : code);
}

/* Whoever opens the copy alone needs no place for a log beside it. */
static int needs_no_log(const char *path)
{
        const unsigned char without[2] = {FORMAT_WITHOUT, FORMAT_WITHOUT};
        _cleanup_(closep) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

        return fd < 0 || pwrite(fd, without, sizeof(without), FORMAT_OFFSET) != sizeof(without)
                       ? -errno
                       : 0;
}

static int on_look(void *userdata)
{
        const struct copy_watch *watch = userdata;

        return watch->step(watch->userdata, 1, 1) != 0;
}

static int examine(sqlite3 *handle)
{
        sqlite3_stmt *statement = NULL;
        const unsigned char *text;
        int code = sqlite3_prepare_v2(handle, "PRAGMA integrity_check(1)", -1, &statement, NULL);
        bool sound;

        if (code == SQLITE_OK)
                code = sqlite3_step(statement);
        text = code == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
        sound = text && strcmp((const char *)text, "ok") == 0;
        sqlite3_finalize(statement);
        if (code == SQLITE_INTERRUPT)
                return -ECANCELED;
        return sound ? 0 : -EIO;
}

int sqlite_examine_copy(const char *path, const struct copy_watch *watch)
{
        struct copy_watch look = *watch;
        sqlite3 *handle = NULL;
        int code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
        int r = code == SQLITE_OK ? 0 : -EIO;

        sqlite3_progress_handler(handle, LOOK_AFTER, on_look, &look);
        if (r == 0)
                r = examine(handle);
        sqlite3_close(handle);
        return r;
}

int sqlite_copy(struct sql *sql, const char *to, const struct copy_watch *watch)
{
        sqlite3 *handle = NULL;
        int code = sqlite3_open_v2(to, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
        int r = code == SQLITE_OK ? copy_into(sql, handle, to, watch) : handle_errno(handle, code);

        sqlite3_close(handle);
        return r == 0 ? needs_no_log(to) : r;
}

int sqlite_examine(struct sql *sql)
{
        return examine(((struct sqlite *)sql)->handle);
}
