/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts a restored database in place, before anybody has opened the old one. */
#include "bo-accountd/restore.h"

#include "bo-accountd/store/store.h"
#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define REPLACED_MOST 1000

static int path_of(char out[PATH_MAX], const char *database, const char *ending)
{
        return snprintf(out, PATH_MAX, "%s%s", database, ending) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int directory_open(const char *path)
{
        char copy[PATH_MAX];
        int fd;

        if (path_of(copy, path, "") < 0)
                return -ENAMETOOLONG;
        fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int sync_directory_of(const char *path)
{
        _cleanup_(closep) int fd = directory_open(path);

        if (fd < 0)
                return fd;
        return fsync(fd) < 0 ? -errno : 0;
}

static bool is_same(const char *one, const char *other)
{
        struct stat a, b;

        return lstat(one, &a) == 0 && lstat(other, &b) == 0 && a.st_dev == b.st_dev &&
               a.st_ino == b.st_ino;
}

/*
 * The old one, if it can be read, tells the mark how far it came, whoever was killed before; and
 * takes in its log. Where it cannot, the mark knows what it knew.
 */
static void mark_old(const char *database, const struct keys *keys)
{
        _cleanup_(store_closep) struct store *store = NULL;

        if (store_open(&store, database, keys) == 0 && store_mark(store) < 0)
                log_line(LOG_WARNING, "The mark beside the database cannot be written.");
}

/* Another name for the old database; one that a start before this has given already does. */
static int keep(const char *database, const struct keys *keys, char kept[PATH_MAX])
{
        bool marked = false;
        char ending[32];

        for (unsigned n = 1; n < REPLACED_MOST; n++) {
                snprintf(ending, sizeof(ending), ".replaced-%u", n);
                if (path_of(kept, database, ending) < 0)
                        return -ENAMETOOLONG;
                if (is_same(database, kept))
                        return 0;
                if (access(kept, F_OK) == 0)
                        continue;
                if (!marked)
                        mark_old(database, keys);
                marked = true;
                if (link(database, kept) == 0)
                        return 0;
                if (errno != EEXIST)
                        return -errno;
        }
        return -EEXIST;
}

static int keep_one(const char *database, const char *kept, const char *ending)
{
        char log[PATH_MAX], kept_log[PATH_MAX];
        int r = path_of(log, database, ending);

        if (r == 0)
                r = path_of(kept_log, kept, ending);
        if (r < 0)
                return r;
        return (kept[0] ? rename(log, kept_log) : unlink(log)) < 0 && errno != ENOENT ? -errno : 0;
}

/* The log goes with its database: applied to another one, it would destroy that. So would the
 * journal, which there is for the moment in which a restored one gets a log. */
static int keep_logs(const char *database, const char *kept)
{
        int r = keep_one(database, kept, "-wal");

        if (r == 0)
                r = keep_one(database, kept, "-journal");
        return r == 0 ? keep_one(database, "", "-shm") : r;
}

static int put_in_place(const char *database, const char *wanted, const struct keys *keys)
{
        char kept[PATH_MAX] = "";
        struct stat st;
        int r = lstat(database, &st) < 0 ? -errno : keep(database, keys, kept);

        if (r == -ENOENT)
                r = 0;
        if (r == 0)
                r = keep_logs(database, kept);
        if (r == 0)
                r = sync_directory_of(database); /* the log must not come back beside the new one */
        if (r == 0 && rename(wanted, database) < 0)
                r = -errno;
        if (r == 0)
                r = sync_directory_of(database);
        if (r == 0)
                log_event(LOG_WARNING,
                          &(struct log_event){.event = "database-restored",
                                              .detail = kept[0] ? kept : "nothing"},
                          "A backup has taken the place of the database; that one is kept as %s.",
                          kept[0] ? kept : "nothing, since there was none");
        return r;
}

/*
 * Whole copies of the database, that nobody finds: of a backup that a kill broke off, and of a
 * boctl restore, which holds a lock on the directory as long as it needs its own.
 */
static void sweep(const char *database)
{
        static const char *const of_restore[] = {".incoming",     ".incoming-journal",
                                                 ".incoming-wal", ".incoming-shm",
                                                 ".checked",      ".verdict"};
        _cleanup_(closep) int fd = directory_open(database);
        char path[PATH_MAX];

        if (path_of(path, database, ".backup") == 0)
                (void)unlink(path); /* there seldom is one */
        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
                return;
        for (size_t i = 0; i < ELEMENTS(of_restore); i++)
                if (path_of(path, database, of_restore[i]) == 0)
                        (void)unlink(path); /* as above */
}

bool restore_waits(const char *database)
{
        char wanted[PATH_MAX];
        struct stat st;

        return path_of(wanted, database, ".restore") == 0 && lstat(wanted, &st) == 0;
}

int restore_finish(const char *database, const struct keys *keys)
{
        char wanted[PATH_MAX];
        struct stat st;
        int r = path_of(wanted, database, ".restore");

        if (r < 0)
                return r;
        sweep(database);
        if (lstat(wanted, &st) < 0)
                return errno == ENOENT ? 0 : -errno;
        r = put_in_place(database, wanted, keys);
        if (r < 0)
                log_line(LOG_ERR, "The restored database cannot be put in place: %s.",
                         strerror(-r));
        return r;
}
