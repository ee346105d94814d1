/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at a backup that is to be restored: is it whole, ours, and what would be lost by it? */
#include "bo-accountd/restore.h"

#include "bo-accountd/backup_file.h"
#include "bo-accountd/store/account.h"
#include "bo-accountd/store/audit.h"
#include "bo-accountd/store/copy.h"
#include "bo-accountd/store/sealing_key.h"
#include "common/clock.h"
#include "libbo/bo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LOST_MOST 200 /* rows that are shown */

struct look {
        const char *database;
        const struct keys *keys;
        FILE *verdict;
        char incoming[PATH_MAX];
        char lost_key[KEY_ID_SIZE]; /* "": none */
};

static int no_watch(void *userdata, uint64_t done, uint64_t total)
{
        (void)userdata, (void)done, (void)total; /* nobody is shown it */
        return 0;
}

static void time_text(char out[32], uint64_t usec)
{
        time_t seconds = (time_t)(usec / USEC_PER_SEC);
        struct tm parts;

        if (!localtime_r(&seconds, &parts) || strftime(out, 32, "%F %T", &parts) == 0)
                out[0] = '\0';
}

static const char *why_not_opened(int r)
{
        switch (r) {
        case -ENODATA:
                return "This is no backup of bo, or its end is missing: it was not copied whole.";
        case -EBADMSG:
                return "It was changed or damaged after it was made.";
        default:
                return strerror(-r);
        }
}

static const char *why_not_sound(int r)
{
        switch (r) {
        case -EPROTONOSUPPORT:
                return "It was made by a newer bo. Install that one first.";
        case BO_ERR_AUDIT_BROKEN:
                return "The audit trail in it is not whole: it was changed before the backup was "
                       "made. "
                       "Take an older one; docs/backup.md says what else there is.";
        case -EIO:
                return "The database in it is damaged.";
        default:
                return r < 0 ? strerror(-r) : bo_error_text(r);
        }
}

static int refuse(struct look *look, const char *why)
{
        fprintf(look->verdict, "refused\n%s\n", why);
        return 1;
}

/* @id is hexadecimal, or empty. */
static int refuse_key(struct look *look, const char *id)
{
        const struct keys *key = *id ? keys_by_id(look->keys, id) : NULL;
        const char *damaged = "; where the key is as it was, the end of the file is damaged";
        bool retired = key && key->kind == KEY_RETIRED;

        fprintf(look->verdict,
                "refused\nIt needs the sealing key %s, %s. Put the key file of that time in place "
                "first (/var/lib/bo-accountd/key, or the credential bo-accountd.key)%s.\n",
                *id ? id : "of then",
                retired ? "which was retired here since" : "and no key here opens it",
                retired ? "" : damaged);
        return 1;
}

/* Of the row of a trail: who it is about, as that database knows him. */
struct lost {
        struct look *look;
        struct store *store;
        uint64_t after, n;
};

static int show_lost(void *userdata, const struct audit_row *row)
{
        struct lost *lost = userdata;
        struct account account = {0};
        char when[32];

        if (row->sequence <= lost->after)
                return 1;
        if (lost->n++ >= LOST_MOST)
                return 0;
        if (row->subject_uid == AUDIT_NOBODY ||
            account_by_uid(lost->store, row->subject_uid, &account) != 0)
                account.name[0] = '\0';
        time_text(when, row->time_usec);
        fprintf(lost->look->verdict, "  %s  %s  %s\n", when, row->event, account.name);
        return 0;
}

/* What the present database knows and the copy does not: the newest first. */
static int list_lost(struct look *look, struct store *present, const struct audit_end *copied)
{
        struct lost lost = {.look = look, .store = present, .after = copied->sequence};
        struct audit_end now;
        bool holds = false;
        int r = audit_end_load(present, &now);

        if (r == 0)
                r = audit_holds(present, copied, &holds);
        if (r != 0)
                return r;
        if (!holds) {
                fprintf(look->verdict, "It is of another line than the present database, all of "
                                       "which will be lost.\n");
                return 0;
        }
        fprintf(look->verdict,
                "%" PRIu64 " rows of the audit trail came since; what they tell of "
                "will be lost:\n",
                now.sequence - copied->sequence);
        r = audit_list(present, 0, AUDIT_NOBODY, NULL, UINT32_MAX, show_lost, &lost);
        if (now.sequence - copied->sequence > LOST_MOST)
                fprintf(look->verdict, "  and %" PRIu64 " before these\n",
                        now.sequence - copied->sequence - LOST_MOST);
        return r < 0 ? r : 0;
}

static void tell_lost(struct look *look, const struct audit_end *copied)
{
        _cleanup_(store_closep) struct store *present = NULL;
        int r = store_open_copy(&present, look->database, look->keys);

        if (r == 0)
                r = list_lost(look, present, copied);
        if (r == -ENOENT)
                fprintf(look->verdict, "There is no database here at present.\n");
        else if (r != 0)
                fprintf(look->verdict,
                        "The present database cannot be read (%s): what is lost is not known.\n",
                        r < 0 ? strerror(-r) : bo_error_text(r));
}

/* 0, or why it is not to be used. */
static int examine(struct look *look, struct audit_end *ret_end)
{
        _cleanup_(store_closep) struct store *store = NULL;
        uint64_t rows, bad;
        uint32_t schema;
        int r = store_open_copy(&store, look->incoming, look->keys);

        if (r == 0)
                r = store_examine(store);
        if (r == 0)
                r = store_schema(store, &schema);
        if (r == 0)
                r = audit_verify(store, &rows, &bad);
        if (r == 0)
                r = sealing_key_lost(store, look->lost_key);
        return r == 0 ? audit_end_load(store, ret_end) : r;
}

static int accept(struct look *look, const struct backup_facts *facts, const struct audit_end *end)
{
        char when[32], checked[PATH_MAX];

        if (snprintf(checked, sizeof(checked), "%s.checked", look->database) >=
            (int)sizeof(checked))
                return 1;
        time_text(when, facts->made_usec);
        fprintf(look->verdict,
                "sound\nMade %s by bo %s: %" PRIu64 " bytes, %" PRIu64
                " rows of the audit trail, all of them whole.\n",
                when, facts->version, facts->bytes, facts->sequence);
        tell_lost(look, end);
        return rename(look->incoming, checked) < 0 ? 1 : 0;
}

/* What a look that was killed has left would be applied to this one, behind its seal. */
static int drop_logs(const struct look *look)
{
        static const char *const endings[] = {"-journal", "-wal", "-shm"};
        char path[PATH_MAX];

        for (size_t i = 0; i < ELEMENTS(endings); i++) {
                if (snprintf(path, sizeof(path), "%s%s", look->incoming, endings[i]) >=
                    (int)sizeof(path))
                        return -ENAMETOOLONG;
                if (unlink(path) < 0 && errno != ENOENT)
                        return -errno;
        }
        return 0;
}

/* Is what was examined, by its name, that of which the seal was read? */
static bool is_still_there(const struct look *look, int fd)
{
        struct stat opened, named;

        return fstat(fd, &opened) == 0 && lstat(look->incoming, &named) == 0 &&
               opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

static int judge(struct look *look)
{
        const struct backup_watch watch = {.step = no_watch};
        _cleanup_(closep) int fd = open(look->incoming, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        struct backup_facts facts = {0};
        struct audit_end end = {0};
        int r = fd < 0 ? -errno : backup_open(fd, look->keys, &watch, &facts);

        if (r < 0)
                return r == -ENOKEY ? refuse_key(look, facts.key) : refuse(look, why_not_opened(r));
        r = fsync(fd) < 0 ? -errno : drop_logs(look);
        if (r < 0)
                return refuse(look, strerror(-r));
        r = examine(look, &end);
        if (!is_still_there(look, fd))
                return refuse(look, "Another one was put in its place meanwhile. Try again.");
        if (r == -ENOKEY)
                return refuse_key(look, look->lost_key);
        return r != 0 ? refuse(look, why_not_sound(r)) : accept(look, &facts, &end);
}

int restore_check(const char *database, const struct keys *keys)
{
        struct look look = {.database = database, .keys = keys};
        char path[PATH_MAX];
        int fd, r;

        if (snprintf(look.incoming, sizeof(look.incoming), "%s.incoming", database) >=
                    (int)sizeof(look.incoming) ||
            snprintf(path, sizeof(path), "%s.verdict", database) >= (int)sizeof(path))
                return 1;
        (void)unlink(path); /* one that cannot go fails the next step */
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        look.verdict = fd < 0 ? NULL : fdopen(fd, "w");
        if (!look.verdict)
                return 1;
        r = keys ? judge(&look)
                 : refuse(&look, "There is no key here that opens it: put the key of that time in "
                                 "place first (/var/lib/bo-accountd/key, or the credential "
                                 "bo-accountd.key).");
        if (fclose(look.verdict) != 0)
                r = 1;
        return r;
}
