/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The SQLite file: made whole or not at all, for the daemon's eyes alone, with safe settings. */
#include "bo-accountd/store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#define BUSY_TIMEOUT_MSEC 2000

/*
 * Durable at each commit; damage is noticed, what is deleted is overwritten. The cache is small
 * because each worker has a connection, and the kernel caches the file anyway; a large transaction
 * may outgrow it, rather than write a page several times to the log. The log is moved
 * by store_checkpoint(); the automatic checkpoint is the net below it, far away, so that no login
 * has to wait for it.
 */
static const char settings[] = "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA foreign_keys = ON;"
                               "PRAGMA cell_size_check = ON;"
                               "PRAGMA secure_delete = ON;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA cache_size = -128;"
                               "PRAGMA cache_spill = OFF;"
                               "PRAGMA wal_autocheckpoint = 4096;"
                               "PRAGMA journal_size_limit = 16777216;";

static int open_errno(sqlite3 *handle, int code)
{
        struct sqlite sqlite = {.handle = handle};

        return sqlite_errno(&sqlite, code);
}

static int configure(sqlite3 *handle)
{
        int code;

        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MSEC);
        /* What the file says of itself is not believed, and what bo never makes does nothing. */
        sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);

        code = sqlite3_exec(handle, settings, NULL, NULL, NULL);
        return code == SQLITE_OK ? 0 : open_errno(handle, code);
}

static int connect_to(const char *path, sqlite3 **ret_handle)
{
        sqlite3 *handle = NULL;
        int code =
                sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
        int r = code == SQLITE_OK ? configure(handle) : open_errno(handle, code);

        if (r < 0) {
                sqlite3_close(handle);
                return r;
        }
        *ret_handle = handle;
        return 0;
}

static int sync_directory_of(const char *path)
{
        char copy[PATH_MAX];
        _cleanup_(closep) int fd = -1;

        if (strlen(path) >= sizeof(copy))
                return -ENAMETOOLONG;
        strcpy(copy, path);
        fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* An empty file with the mode that its log and index will have as well, whatever the umask is. */
static int create_empty(const char *path)
{
        _cleanup_(closep) int fd =
                open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

        return fd < 0 || fchmod(fd, 0600) < 0 ? -errno : 0;
}

/*
 * Makes the file aside and renames it, header and all. So a file without content was truncated,
 * and is not mistaken for a new store in which nobody has an account.
 */
static int create(const char *path)
{
        char aside[PATH_MAX];
        sqlite3 *handle = NULL;
        int r;

        if (snprintf(aside, sizeof(aside), "%s.new", path) >= (int)sizeof(aside))
                return -ENAMETOOLONG;
        if (unlink(aside) < 0 && errno != ENOENT)
                return -errno;
        r = create_empty(aside);
        if (r == 0)
                r = connect_to(aside, &handle);
        if (r == 0)
                sqlite3_close(handle);
        if (r == 0 && renameat2(AT_FDCWD, aside, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
                r = errno == EEXIST ? 0 : -errno; /* somebody was quicker: take his */
        (void)unlink(aside);                      /* is gone if all went well */
        return r < 0 ? r : sync_directory_of(path);
}

/* A log without its database: the accounts were removed, a new store must not hide that. */
static bool has_orphaned_log(const char *path)
{
        char log[PATH_MAX];
        struct stat st;

        return snprintf(log, sizeof(log), "%s-wal", path) < (int)sizeof(log) &&
               lstat(log, &st) == 0 && st.st_size > 0;
}

/*
 * The file is not opened here: closing it would drop the locks that SQLite holds on it for other
 * connections of this process (POSIX advisory locks belong to process and file).
 */
static int check(const char *path)
{
        struct stat st;

        if (lstat(path, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) || st.st_size == 0)
                return -EIO;
        if ((st.st_mode & 07777) != 0600 && chmod(path, 0600) < 0)
                return -errno;
        return access(path, R_OK | W_OK) < 0 ? -errno : 0;
}

int sqlite_file_open(const char *path, sqlite3 **ret_handle)
{
        int r = check(path);

        if (r == -ENOENT) {
                r = has_orphaned_log(path) ? -EIO : create(path);
                if (r == 0)
                        r = check(path);
        }
        return r < 0 ? r : connect_to(path, ret_handle);
}
