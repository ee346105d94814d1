/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon keeps: whose it is, who could read it, and whether the database is whole. */
#include "boctl/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define PART "state"

/* The files of the state directory. */
static const struct {
        const char *name;
        mode_t mode; /* at the most */
        bool directory;
        bool needed;
} entries[] = {
        {"", 0711, true, true},
        {"key", 0600, false, false}, /* may be a credential instead */
        {"accounts.db", 0600, false, true},
        {"accounts.db-wal", 0600, false, false},
        {"accounts.db-shm", 0600, false, false},
        {"accounts.db.mark", 0600, false, false},
        {"nss", 0755, true, true},
};

static void owner_check(struct check *check, const char *path, const struct stat *facts)
{
        const struct passwd *daemon = getpwnam("bo-accountd");
        char remedy[PATH_MAX + 128];

        if (!daemon || facts->st_uid == daemon->pw_uid)
                return;
        snprintf(remedy, sizeof(remedy),
                 "`chown bo-accountd:bo-accountd %s && systemctl restart bo-accountd`", path);
        check_find(check, CHECK_FAULT, PART, remedy,
                   "%s belongs to uid %u instead of bo-accountd, which cannot use it.", path,
                   facts->st_uid);
}

static void mode_check(struct check *check, const char *path, const struct stat *facts, mode_t most)
{
        mode_t mode = facts->st_mode & 07777;
        char remedy[PATH_MAX + 128];

        if (!(mode & ~most))
                return;
        snprintf(remedy, sizeof(remedy), "`chmod %o %s`", most, path);
        check_find(check, CHECK_FAULT, PART, remedy,
                   "%s has the mode %o instead of %o: others can %s it.", path, mode, most,
                   mode & ~most & 0022 ? "write" : "read");
}

/* A daemon that still has a database whose file is gone loses it by a restart. */
static const char *remedy_absent(const char *name)
{
        if (strcmp(name, "accounts.db") == 0)
                return "If it was there before, `boctl restore` a backup "
                       "(/usr/share/doc/bo/backup.md). If not, `systemctl restart bo-accountd` "
                       "makes it.";
        if (strcmp(name, "nss") == 0)
                return "`systemctl restart bo-accountd` makes it.";
        return "`systemctl restart bo-accountd` makes it. If it was there before, put the key in "
               "it, then `boctl restore` a backup (/usr/share/doc/bo/backup.md).";
}

static void entry_check(struct check *check, size_t i)
{
        char path[PATH_MAX], below[PATH_MAX];
        struct stat facts;

        snprintf(path, sizeof(path), BO_STATE_DIR "%s%s", *entries[i].name ? "/" : "",
                 entries[i].name);
        snprintf(below, sizeof(below), "%s%s", check->root, path);
        if (lstat(below, &facts) < 0) {
                if (errno == EACCES)
                        check_find(check, CHECK_SKIPPED, PART, "Run `boctl check` as root.",
                                   "%s: %s.", path, strerror(errno));
                else if (entries[i].needed || errno != ENOENT)
                        check_find(check, CHECK_FAULT, PART, remedy_absent(entries[i].name),
                                   "%s: %s.", path, strerror(errno));
                return;
        }
        if (entries[i].directory ? !S_ISDIR(facts.st_mode) : !S_ISREG(facts.st_mode)) {
                check_find(check, CHECK_FAULT, PART, "See bo-accountd(8), FILES.", "%s is no %s.",
                           path, entries[i].directory ? "directory" : "file");
                return;
        }
        owner_check(check, path, &facts);
        mode_check(check, path, &facts, entries[i].mode);
}

static uint32_t big_endian(const unsigned char *bytes)
{
        return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
               bytes[3];
}

enum wholeness { WHOLE, NO_DATABASE, CUT_OFF };

/* By the header of SQLite's file format: its name, the size of a page, and how many there are. The
 * daemon looks within. The size is asked for last, since the file grows meanwhile. */
static enum wholeness database_look(int fd, uint64_t *ret_bytes, uint64_t *ret_wanted)
{
        unsigned char header[100];
        ssize_t n = pread(fd, header, sizeof(header), 0);
        struct stat facts;
        uint64_t page_bytes;

        if (n < 0 || fstat(fd, &facts) < 0)
                return WHOLE; /* nothing is known */
        *ret_bytes = (uint64_t)facts.st_size;
        if (n != sizeof(header) || memcmp(header, "SQLite format 3", 16) != 0)
                return NO_DATABASE;
        page_bytes = (uint64_t)header[16] << 8 | header[17];
        page_bytes = page_bytes == 1 ? 65536 : page_bytes;
        *ret_wanted = page_bytes * big_endian(header + 28);
        return *ret_bytes < *ret_wanted ? CUT_OFF : WHOLE;
}

/* What is in the write-ahead log need not be in the file: while SQLite moves it there, and after a
 * crash, the first page tells of more pages than there are. */
static bool log_is_empty(const struct check *check)
{
        char path[PATH_MAX];
        struct stat facts;

        snprintf(path, sizeof(path), "%s" BO_STATE_DIR "/accounts.db-wal", check->root);
        return stat(path, &facts) < 0 || facts.st_size == 0;
}

static void database_check(struct check *check)
{
        static const char remedy[] = "`systemctl stop bo-accountd`, keep what is there, and `boctl "
                                     "restore` a backup: /usr/share/doc/bo/backup.md.";
        static const struct timespec pause = {.tv_nsec = 100000000};
        char path[PATH_MAX];
        _cleanup_(closep) int fd = -1;
        struct stat facts;
        uint64_t bytes = 0, wanted = 0;
        enum wholeness wholeness;

        snprintf(path, sizeof(path), "%s" BO_STATE_DIR "/accounts.db", check->root);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (fd < 0 || fstat(fd, &facts) < 0 || !S_ISREG(facts.st_mode))
                return; /* told by its entry */
        if (database_look(fd, &bytes, &wanted) != WHOLE)
                nanosleep(&pause, NULL); /* it may be under way */
        wholeness = database_look(fd, &bytes, &wanted);
        if (wholeness == NO_DATABASE)
                check_find(check, CHECK_FAULT, PART, remedy,
                           BO_STATE_DIR "/accounts.db is no database (%" PRIu64 " bytes).", bytes);
        if (wholeness == CUT_OFF && log_is_empty(check))
                check_find(check, CHECK_FAULT, PART, remedy,
                           BO_STATE_DIR "/accounts.db was cut off: %" PRIu64 " bytes of %" PRIu64
                                        ".",
                           bytes, wanted);
}

void check_state(struct check *check)
{
        check_part(check, PART);
        for (size_t i = 0; i < ELEMENTS(entries); i++)
                entry_check(check, i);
        database_check(check);
}
